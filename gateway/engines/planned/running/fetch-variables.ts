import type { FetchNode } from '../planning/plan.ts';
import type { Run } from './run.ts';

/** The client's variables that a fetch uses, as they came: the subgraph reads them itself. */
export function usedVariables({ variables }: Run, fetch: FetchNode): Record<string, unknown> {
  const used: Record<string, unknown> = {};
  for (const name of fetch.variables)
    if (Object.hasOwn(variables, name)) used[name] = variables[name];
  return used;
}
