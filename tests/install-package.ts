import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = 'node_modules/.cache/packages';

/**
 * Installs a package that is no dependency of the project, unless an earlier run has.
 * @param spec as npm takes it: `node@24`
 * @returns the folder that has its `node_modules`; undefined where npm cannot install it, which is told
 */
export function installPackage(spec: string): string | undefined {
  const folder = resolve(FOLDER, spec.replaceAll('/', '+'));
  // npm writes this file last.
  if (existsSync(`${folder}/node_modules/.package-lock.json`)) return folder;
  mkdirSync(folder, { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', ['install', '--prefix', folder, ...quiet, spec], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 10 * 60_000,
    });
    return folder;
  } catch {
    console.warn(`Skipped: npm cannot install ${spec}.`);
    return undefined;
  }
}
