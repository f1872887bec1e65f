import type { FetchNode } from '../planning/plan.ts';
import { clientName } from '../planning/planned-names.ts';
import type { Run } from './run.ts';

/** The client's variables that a fetch uses, uncoerced: the subgraph coerces them. */
export const usedVariables = ({ variables }: Run, fetch: FetchNode): Record<string, unknown> =>
  Object.fromEntries(
    fetch.variables.flatMap((planned) => {
      const name = clientName(planned);
      return Object.hasOwn(variables, name) ? [[planned, variables[name]]] : [];
    }),
  );
