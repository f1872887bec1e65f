import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

const DIST = new URL('../dist/', import.meta.url);

const areBuilt = existsSync(new URL('gateway.js', DIST));
if (!areBuilt) console.warn('Skipped: the built programs are not there; run `npm run build`.');

/** Describes what the programs do that `npm run build` has made, where it has. */
export const describeBuilt = areBuilt ? describe : describe.skip;

/** A built program of this repository in a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  /** `http://127.0.0.1:12345`; waits until it listens. @throws {Error} where it ends instead */
  readonly url: Promise<string>;
  /** All that it has written so far, to stdout and to stderr. */
  readonly output: () => string;
  /** Sends SIGTERM. @returns its exit code */
  readonly end: () => Promise<number | null>;
  /** Waits for its end. @returns its exit code */
  readonly ended: Promise<number | null>;
}

/**
 * @param environment is all that is in its environment.
 * @param descriptors is how many files and connections it may have open. @default as many as this process
 */
export function startProgram(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  descriptors?: number,
): Program {
  const limited = descriptors === undefined ? '' : `ulimit -n ${String(descriptors)} && `;
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      `${limited}exec "$0" "$@"`,
      process.execPath,
      fileURLToPath(new URL(file, DIST)),
      ...args,
    ],
    {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      // Outside the repository, so that no .env file is read.
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const url = urlOf(child, ended, () => `${file} was expected to listen, but has ended: ${output}`);
  // Not everybody wants to know.
  url.catch(() => undefined);
  return { child, url, output: () => output, ended, end: () => endProcess(child, ended) };
}

async function urlOf(
  child: ChildProcess,
  ended: Promise<unknown>,
  problem: () => string,
): Promise<string> {
  const first = await Promise.race([once(child, 'message'), ended]);
  if (!Array.isArray(first)) throw new Error(problem());
  return (first as [{ readonly url: string }])[0].url;
}

/** Tells a process to end, unless it has. @returns what `ended` does */
export function endProcess<T>(child: ChildProcess, ended: Promise<T>): Promise<T> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  return ended;
}
