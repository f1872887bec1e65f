import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { Environment, Problems } from '../configuration/environment.ts';
import type { VendorPlan } from './vendor-plan.ts';

/** Vendors' look-alikes that run in a process of their own. */
export interface LookAlikes {
  /** Credentials and base URLs that lead to them. */
  readonly environment: Environment;
  close(): void;
}

/** Adds to `problems` what the sandbox finds wrong with its own settings, where it is going to be needed. */
export async function checkLookAlikes(program: URL, plans: readonly VendorPlan[], environment: Environment, problems: Problems) {
  const isSet = Object.keys(environment).some((name) => name.startsWith('SANDBOX_') && environment[name] !== '');
  const vendors = plans.filter(({ isLookAlike }) => isLookAlike).map(({ vendor }) => vendor);
  if (!isSet || vendors.length === 0) return;
  const sandbox = fork(program, ['--check', ...vendors], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const left = once(sandbox, 'exit').then(() => [{ problems: [] }]);
  const [message] = (await Promise.race([once(sandbox, 'message'), left])) as [unknown];
  problems.push(...checkMessage.parse(message).problems);
}

/** @param program is the sandbox's, which tells its parent where it listens. */
export async function startLookAlikes(program: URL, vendors: readonly string[]): Promise<LookAlikes> {
  // A process group of its own: the terminal's ctrl-C must not take it away from requests that are still being answered.
  const sandbox = fork(program, vendors, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
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
    close: () => {
      if (sandbox.connected) sandbox.disconnect();
    },
  };
}

const sandboxMessage = z.object({ environment: z.record(z.string(), z.string()) });

const checkMessage = z.object({ problems: z.array(z.string()) });
