import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DecidePolicies } from './met-conditions.ts';

/**
 * Loads the operator's policy decision: the default export of an ES module, a function.
 * @throws Error if the module has another default export
 */
export async function loadPolicies(file: string): Promise<DecidePolicies> {
  // The cast is safe: the export is checked next.
  const { default: decide } = (await import(pathToFileURL(resolve(file)).href)) as {
    readonly default?: unknown;
  };
  if (typeof decide === 'function') return decide as DecidePolicies;
  throw new Error(
    `POLICIES must name an ES module whose default export is a function, but "${file}" exports something else.`,
  );
}
