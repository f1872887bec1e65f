import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { Environment, Problems } from '../settings/settings.ts';

/** Sandbox vendors in a child process. */
export interface SandboxVendors {
  /** Their credentials and base URLs. */
  readonly environment: Environment;
  /** Sends the vendors' events to a process, at `/webhooks/<vendor>`. */
  deliverTo(process: EventProcess): void;
  close(): void;
}

/** A process that receives the vendors' events. */
export interface EventProcess {
  /** Its address: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** `PUBLIC_URL`, if set: the address that the vendors sign. */
  readonly publicUrl?: string | undefined;
}

/** @returns undefined if the sandbox vendors do not run, because of existing or new `problems` */
export type RunSandboxVendors = (
  vendors: readonly string[],
  problems: Problems,
) => Promise<SandboxVendors | undefined>;

/** @param program the sandbox's program, which reports its addresses or invalid settings to its parent */
export const sandboxVendorsOf =
  (program: URL, environment: Environment): RunSandboxVendors =>
  async (vendors, problems) => {
    problems.push(...(await checkSandbox(program, vendors, environment)));
    return problems.length > 0 ? undefined : startSandbox(program, vendors);
  };

/** @returns problems of the sandbox's own settings */
async function checkSandbox(
  program: URL,
  vendors: readonly string[],
  environment: Environment,
): Promise<Problems> {
  const isSet = Object.keys(environment).some(
    (name) => name.startsWith('SANDBOX_') && environment[name] !== '',
  );
  if (!isSet) return [];
  const sandbox = fork(program, ['--check', ...vendors], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const left = once(sandbox, 'exit').then(() => [{ problems: [] }]);
  const [message] = (await Promise.race([once(sandbox, 'message'), left])) as [unknown];
  return checkMessage.parse(message).problems;
}

async function startSandbox(program: URL, vendors: readonly string[]): Promise<SandboxVendors> {
  // A separate process group: the terminal's Ctrl-C must not stop it while requests are still running.
  const sandbox = fork(program, vendors, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const left = once(sandbox, 'exit').then(([code]) => {
    throw new Error(`The sandbox ended with exit code ${String(code)} before it listened.`);
  });
  const [message] = (await Promise.race([once(sandbox, 'message'), left])) as [unknown];
  left.catch(() => undefined);
  // It exits when its parent exits, so it need not keep the parent running.
  sandbox.unref();
  sandbox.channel?.unref();
  return {
    environment: sandboxMessage.parse(message).environment,
    deliverTo: ({ url, publicUrl }) => {
      if (sandbox.connected) sandbox.send({ deliverTo: { url: reachable(url), publicUrl } });
    },
    close: () => {
      if (sandbox.connected) sandbox.disconnect();
    },
  };
}

/** `0.0.0.0` and `::` mean all addresses of this machine, and cannot be called. */
const reachable = (url: string) =>
  url.replace(/^http:\/\/(?:0\.0\.0\.0|\[::\])(?=:\d+$)/, 'http://127.0.0.1');

const sandboxMessage = z.object({ environment: z.record(z.string(), z.string()) });

const checkMessage = z.object({ problems: z.array(z.string()) });
