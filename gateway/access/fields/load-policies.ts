import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CodedError } from '../../../errors/coded-error.ts';
import type { DecidePolicies } from './met-conditions.ts';

/**
 * Loads the operator's policy decision: the default export of an ES module, a function.
 * @param timeoutMs the longest time that a decision may take; after it the decision throws `UPSTREAM_TIMEOUT`
 * @throws Error if the module has another default export
 */
export async function loadPolicies(file: string, timeoutMs: number): Promise<DecidePolicies> {
  // The cast is safe: the export is checked next.
  const { default: decide } = (await import(pathToFileURL(resolve(file)).href)) as {
    readonly default?: unknown;
  };
  if (typeof decide === 'function') return withTimeout(decide as DecidePolicies, timeoutMs);
  throw new Error(
    `POLICIES must name an ES module whose default export is a function, but "${file}" exports something else.`,
  );
}

/** Without a limit, a decision that never comes would block its stream, and the graph that it began with. */
const withTimeout =
  (decide: DecidePolicies, timeoutMs: number): DecidePolicies =>
  async (caller, policies) => {
    const decided = new AbortController();
    try {
      return await Promise.race([decide(caller, policies), failAfter(timeoutMs, decided.signal)]);
    } finally {
      decided.abort();
    }
  };

async function failAfter(timeoutMs: number, signal: AbortSignal): Promise<never> {
  await setTimeout(timeoutMs, undefined, { signal, ref: false });
  throw new CodedError(
    'UPSTREAM_TIMEOUT',
    `The access policies of the operation were not decided within ${String(timeoutMs)} ms.`,
  );
}
