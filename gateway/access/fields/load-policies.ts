import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DecidePolicies } from './met-conditions.ts';

/**
 * Loads the operator's decision on policies: the default export of an ES module, a function.
 * @throws Error where the module is not like that
 */
export async function loadPolicies(file: string): Promise<DecidePolicies> {
  // A cast: whatever the module exports, it is looked at next.
  const { default: decide } = (await import(pathToFileURL(resolve(file)).href)) as {
    readonly default?: unknown;
  };
  if (typeof decide === 'function') return decide as DecidePolicies;
  throw new Error(
    `POLICIES must name an ES module whose default export is a function, but "${file}" exports something else.`,
  );
}
