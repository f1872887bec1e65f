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
  /**
   * Waits until its output meets a condition. If the test ends first, it prints the condition and the output.
   * @param condition completes "Expected it to write ..."
   * @throws {Error} with the output if the program ends first, or has ended
   */
  readonly until: (condition: string, isMet: (output: string) => boolean) => Promise<void>;
  /** Sends SIGKILL, and waits for its end. */
  readonly kill: () => Promise<void>;
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
  const output = new ProgramOutput(file);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output.add(text);
    });
  const ended = endOf(child).then((code) => {
    output.end();
    return code;
  });
  const url = urlOf(
    child,
    ended,
    () => `${file} was expected to listen, but has ended: ${output.text}`,
  );
  // Not everybody wants to know.
  url.catch(() => undefined);
  return {
    child,
    url,
    output: () => output.text,
    until: (condition, isMet) => output.until(condition, isMet),
    ended,
    kill: async () => {
      output.reportWaits();
      child.kill('SIGKILL');
      await ended;
    },
    end: () => {
      output.reportWaits();
      return endProcess(child, ended);
    },
  };
}

/** Waits until the program has written a text for the so-many-th time. */
export const untilWritten = ({ until }: Program, text: string, times = 1): Promise<void> =>
  until(
    `${JSON.stringify(text)} ${String(times)} times`,
    (output) => output.split(text).length > times,
  );

/** Waits until several programs have printed their addresses, the gateway last. @returns the addresses by the names of the programs */
export async function addressesOf(program: Program): Promise<ReadonlyMap<string, string>> {
  await program.until('the address of the gateway', (output) => ADDRESS_OF_GATEWAY.test(output));
  return new Map(
    Array.from(program.output().matchAll(ADDRESS), ([, name = '', url = '']) => [name, url]),
  );
}

const ADDRESS = /^(.+) listens on (http:\S+)\/graphql$/gm;
const ADDRESS_OF_GATEWAY = /^Tributary listens on \S+\/graphql$/m;

/** What a program has written, and what tests wait for in it. */
class ProgramOutput {
  readonly #file: string;
  readonly #waits = new Set<Wait>();
  #text = '';
  #hasEnded = false;

  constructor(file: string) {
    this.#file = file;
  }

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    this.#text += text;
    for (const wait of this.#waits) wait.check();
  }

  until(condition: string, isMet: (output: string) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const wait: Wait = {
        condition,
        check: () => {
          if (!isMet(this.#text)) return;
          this.#waits.delete(wait);
          resolve();
        },
        fail: reject,
      };
      this.#waits.add(wait);
      wait.check();
      if (this.#hasEnded) this.#failWaits();
    });
  }

  /** The program has ended. */
  end(): void {
    this.#hasEnded = true;
    this.#failWaits();
  }

  /** A test has ended at its time limit. */
  reportWaits(): void {
    for (const { condition } of this.#waits)
      console.error(`${this.#expected(condition)}, but it has written: ${this.#text}`);
  }

  #failWaits(): void {
    for (const { condition, fail } of this.#waits)
      fail(new Error(`${this.#expected(condition)}, but it has ended after: ${this.#text}`));
    this.#waits.clear();
  }

  #expected(condition: string): string {
    return `Expected ${this.#file} to write ${condition}`;
  }
}

interface Wait {
  readonly condition: string;
  readonly check: () => void;
  readonly fail: (error: Error) => void;
}

/** Waits for its exit, and for all of its output and messages. The event `close` does not follow a `disconnect` by this process. */
async function endOf(child: ChildProcess): Promise<number | null> {
  const [[code]] = await Promise.all([
    once(child, 'exit'),
    once(child, 'disconnect'),
    ...[child.stdout, child.stderr].map((stream) => stream && once(stream, 'close')),
  ]);
  // A cast: the event has it.
  return code as number | null;
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
