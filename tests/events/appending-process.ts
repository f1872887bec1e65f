import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** A process that appends events to a log, until it is killed. */
export interface AppendingProcess {
  readonly pid: number | undefined;
  append(key: string): void;
  kill(): Promise<void>;
  /** Ends the input, so that it exits. */
  end(): Promise<void>;
}

/**
 * @param place is a file, or the URL of Redis.
 * @param onResult receives the result of each event: `stored`, `duplicate` or `refused`.
 */
export async function startAppending(
  place: string,
  onResult: (result: string, key: string) => void = () => undefined,
): Promise<AppendingProcess> {
  // Without a wrapper process, so that it receives signals.
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, place], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const lines = createInterface(child.stdout);
  const opened = once(lines, 'line');
  const closed = once(lines, 'close');
  await opened;
  lines.on('line', (line) => {
    const [result = '', key = ''] = line.split(' ');
    onResult(result, key);
  });
  const hasEnded = ended(child);
  return {
    pid: child.pid,
    append: (key) => void child.stdin.write(`${key}\n`),
    kill: async () => {
      child.kill('SIGKILL');
      await Promise.all([hasEnded, closed]);
    },
    end: async () => {
      child.stdin.end();
      await Promise.all([hasEnded, closed]);
    },
  };
}

/** @returns the error output of a process that cannot open a log, because its file size limit is 0 */
export async function failToOpen(place: string): Promise<string> {
  const command = 'ulimit -f 0 && exec "$@"';
  const args = [process.execPath, '--import', 'tsx', PROGRAM, place];
  const child = spawn('bash', ['-c', command, 'bash', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  const [said] = await Promise.all([text(child.stderr), ended(child)]);
  return said;
}

const PROGRAM = 'tests/events/append-program.ts';

const ended = (child: ChildProcess) => once(child, 'exit');
