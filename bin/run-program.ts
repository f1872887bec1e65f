import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A larger young generation and a smaller heap: docs/operations.md, "Memory". Node.js reads them at start. */
export const NODE_FLAGS = ['--max-semi-space-size=32', '--heap-growing-percent=60'];

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs a program of `dist/` in its own Node.js process, until it exits. Forwards signals and messages. The program ends with this process.
 * @returns its exit code
 */
export async function runProgram(program: URL, args: readonly string[]): Promise<number> {
  const child = fork(program, args, {
    execArgv: [...process.execArgv, ...NODE_FLAGS],
    // In its own process group, so that ctrl-C reaches only this process. A console of Windows sends it to both.
    detached: process.platform !== 'win32',
  });
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (process.platform !== 'win32') child.kill(signal);
    });
  // Forwards messages to the parent process.
  child.on('message', (message: object) => process.send?.(message));
  process.once('disconnect', () => {
    if (child.connected) child.disconnect();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  // The listener for 'disconnect' keeps this process running.
  if (process.connected) process.disconnect();
  return code ?? 1;
}
