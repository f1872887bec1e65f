import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Programs of one target, measured together. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Whether it is asked in GraphQL, or by the paths of the hand-written endpoint. */
  readonly isGraphQL: boolean;
  /** Sends persisted operations by GET. @default POST */
  readonly isAskedByGet?: boolean;
  readonly processes: readonly ChildProcess[];
  /** The process that clients talk to, where there are several. */
  readonly front: ChildProcess;
  /** Ends the process that clients talk to. */
  close(): void;
}

/** A built program of ours, by its name. */
export const built = (name: string) =>
  fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));

/** What `npm start` passes to Node: what is measured is what is shipped. */
export const START_FLAGS = startFlags();

function startFlags(): readonly string[] {
  const { scripts } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

export type Environment = Readonly<Record<string, string>>;

/** Starts a program. Nothing of this process's own environment gets through. */
export function start(
  program: string,
  args: readonly string[],
  environment: Environment,
  execArgv: readonly string[] = [],
): ChildProcess {
  return fork(program, args, {
    env: { ...environment },
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** What a program sends when it is ready. */
export function announced<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as T);
    });
    child.once('exit', (code) => {
      reject(new Error(`The program ended with ${String(code)} before it was ready.`));
    });
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await wait(25);
  }
  throw new Error(`${url} did not become ready.`);
}

/** Milliseconds of user and system time that processes have used so far. */
export function cpuMs(processes: readonly ChildProcess[]): number {
  return processes.reduce((sum, { pid }) => {
    // proc(5): after the name in brackets, utime and stime are the 12th and 13th fields, in ticks of 10 ms.
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}

/** Resident memory in bytes. */
export function residentBytes({ pid }: ChildProcess): number {
  const [, pages] = readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ');
  return Number(pages) * 4096;
}
