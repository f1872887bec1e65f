import { fork } from 'node:child_process';
import { once } from 'node:events';

/** More room for young objects and a smaller heap: docs/operations.md, "Memory". Node.js reads them as it starts. */
export const NODE_FLAGS = ['--max-semi-space-size=32', '--heap-growing-percent=60'];

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs a program of `dist/` in a Node.js process of its own, until it ends. Signals and messages are passed on, and it ends with this process.
 * @returns its exit code
 */
export async function runProgram(program: URL, args: readonly string[]): Promise<number> {
  const child = fork(program, args, {
    execArgv: [...process.execArgv, ...NODE_FLAGS],
    // A process group of its own: ctrl-C reaches this process alone. A console of Windows sends it to both.
    detached: process.platform !== 'win32',
  });
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (process.platform !== 'win32') child.kill(signal);
    });
  // The parent process reads the messages of the program from this process.
  child.on('message', (message: object) => process.send?.(message));
  process.once('disconnect', () => {
    if (child.connected) child.disconnect();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  // Listening for its end keeps this process running.
  if (process.connected) process.disconnect();
  return code ?? 1;
}
