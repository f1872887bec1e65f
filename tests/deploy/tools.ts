import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';

/** Describes what needs programs that not every machine has, where they are installed. */
export function describeWith(
  ...programs: readonly string[]
): typeof describe | typeof describe.skip {
  const missing = programs.filter((name) => !isInstalled(name));
  if (missing.length === 0) return describe;
  console.warn(`Skipped: ${missing.join(', ')} not installed.`);
  return describe.skip;
}

function isInstalled(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
