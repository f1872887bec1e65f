import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** Runs TypeScript as it is. */
export const TSX = 'node_modules/tsx/dist/cli.mjs';

interface EndedProcess {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of this repository, or of a package, and waits for its end. */
export async function runProcess(
  script: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  directory = '.',
): Promise<EndedProcess> {
  const child = startProcess(script, args, environment, directory);
  const exitCode = new Promise<number | null>((ended) => child.once('close', ended));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await exitCode, stdout, stderr };
}

/** Starts a script and waits for a line of its output. */
export async function startUntil(
  line: RegExp,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly process: ChildProcess; readonly match: RegExpExecArray }> {
  const child = startProcess(script, args, environment);
  let output = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    const match = line.exec(output);
    if (match) return { process: child, match };
  }
  throw new Error(
    `Expected a line like ${String(line)} from ${script}, but it ended after: ${output}`,
  );
}

function startProcess(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  directory = '.',
) {
  return spawn(process.execPath, [resolve(script), ...args], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...environment },
  });
}
