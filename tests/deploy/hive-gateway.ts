import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { type Program, startProgram } from '../built-program.ts';
import { installPackage } from '../install-package.ts';
import { runProcess } from '../run-process.ts';
import { freePort } from '../state/redis-server.ts';

/** Where it is installed; undefined where npm cannot install it. */
export const installedHive = installPackage('@graphql-hive/gateway@2');

/** What `tributary compose` writes for a graph.yaml. */
export async function composeGraphFile(
  folder: string,
  graph: Readonly<Record<string, string>>,
): Promise<string> {
  const args = ['compose', '--graph', graph['GRAPH'] ?? '', '--out', folder];
  const { exitCode, stderr } = await runProcess('dist/tributary.js', args, graph);
  expect([exitCode, stderr]).toEqual([0, '']);
  return join(folder, 'supergraph.graphql');
}

/** Hive Gateway as docs/deploy.md starts it. */
export async function startHive(
  folder: string,
  supergraph: string,
  environment: Readonly<Record<string, string>>,
) {
  const modules = join(installedHive ?? '', 'node_modules');
  symlinkSync(modules, join(folder, 'node_modules'));
  copyFileSync('deploy/hive/gateway.config.mjs', join(folder, 'gateway.config.mjs'));
  const port = String(await freePort());
  const program = join(modules, '@graphql-hive/gateway/dist/bin.js');
  const child = spawn(
    process.execPath,
    [program, 'supergraph', supergraph, '--host', '127.0.0.1', '--port', port],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, LOG_LEVEL: 'error', ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readiness`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error('Hive Gateway was expected to listen, but ended.');
    await wait(100);
  }
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, close };
}

/** Programs of ours that wait for slow vendors and log nothing. */
export function startPrograms() {
  const programs: Program[] = [];
  return {
    /** @returns the URL */
    start: async (
      file: string,
      args: readonly string[],
      environment: Readonly<Record<string, string>>,
    ) => {
      const program = startProgram(file, args, {
        PORT: '0',
        LOG_LEVEL: 'silent',
        VENDOR_TIMEOUT_MS: '0',
        REQUEST_TIMEOUT_MS: '120000',
        ...environment,
      });
      programs.push(program);
      return program.url;
    },
    end: () => Promise.all(programs.map((program) => program.end())),
  };
}
