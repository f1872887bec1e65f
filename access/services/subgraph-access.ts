import { type Environment, oneOf, type Problems, readEnvironment, secret } from '../../configuration/environment.ts';

/** What the gateway and the services of its subgraphs know of each other. */
export interface SubgraphAccess {
  /** Undefined where nothing is signed. */
  readonly secret: string | undefined;
  /** Whether a service answers unsigned requests. */
  readonly isOpen: boolean;
}

/**
 * @param mustSign whether it takes a word of the operator to go unsigned.
 * @returns undefined where anything was wrong; every problem has then been added to `problems`.
 */
export function readSubgraphAccess(
  environment: Environment,
  problems: Problems,
  { mustSign }: { readonly mustSign: boolean },
): SubgraphAccess | undefined {
  const read = readEnvironment(VARIABLES, environment, problems);
  if (read === undefined) return undefined;
  const { SUBGRAPH_SECRET, SUBGRAPH_ACCESS = mustSign || SUBGRAPH_SECRET !== undefined ? 'signed' : 'open' } = read;
  if (SUBGRAPH_ACCESS === 'open' || SUBGRAPH_SECRET !== undefined) return { secret: SUBGRAPH_SECRET, isOpen: SUBGRAPH_ACCESS === 'open' };
  problems.push(
    'SUBGRAPH_SECRET must be set, to the same value for the gateway and its subgraph services. If only the gateway can reach the services, SUBGRAPH_ACCESS=open makes it optional.',
  );
  return undefined;
}

const VARIABLES = {
  SUBGRAPH_SECRET: secret().min(32, 'must have at least 32 characters.').optional(),
  SUBGRAPH_ACCESS: oneOf(['signed', 'open']).optional(),
};
