import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { Environment, Problems } from '../settings/settings.ts';

/** Vendors' sandbox vendors that run in a process of their own. */
export interface SandboxVendors {
  /** Credentials and base URLs that lead to them. */
  readonly environment: Environment;
  /** Has the vendors' events sent to a process, at `/webhooks/<vendor>`. */
  deliverTo(process: EventProcess): void;
  close(): void;
}

/** Where a process takes the vendors' events. */
export interface EventProcess {
  /** Where it listens: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** `PUBLIC_URL`, where it is set: what the vendors believe to call. */
  readonly publicUrl?: string | undefined;
}

/** @returns undefined where the sandbox vendors do not run, because `problems` are there already or were added. */
export type RunSandboxVendors = (
  vendors: readonly string[],
  problems: Problems,
) => Promise<SandboxVendors | undefined>;

/** @param program is the sandbox's, which tells its parent where it listens, or what is wrong with its settings. */
export const sandboxVendorsOf =
  (program: URL, environment: Environment): RunSandboxVendors =>
  async (vendors, problems) => {
    problems.push(...(await checkSandbox(program, vendors, environment)));
    return problems.length > 0 ? undefined : startSandbox(program, vendors);
  };

/** @returns what is wrong with the sandbox's own settings, where there are any. */
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
  // A process group of its own: the terminal's ctrl-C must not take it away from requests that are still being answered.
  const sandbox = fork(program, vendors, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const left = once(sandbox, 'exit').then(([code]) => {
    throw new Error(`The sandbox ended with exit code ${String(code)} before it listened.`);
  });
  const [message] = (await Promise.race([once(sandbox, 'message'), left])) as [unknown];
  left.catch(() => undefined);
  // It goes by itself when its parent is gone, so it need not keep the parent alive.
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

/** `0.0.0.0` and `::` stand for all addresses of this machine, and are none of them. */
const reachable = (url: string) =>
  url.replace(/^http:\/\/(?:0\.0\.0\.0|\[::\])(?=:\d+$)/, 'http://127.0.0.1');

const sandboxMessage = z.object({ environment: z.record(z.string(), z.string()) });

const checkMessage = z.object({ problems: z.array(z.string()) });
