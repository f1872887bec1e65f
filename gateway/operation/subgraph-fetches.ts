import type { GraphQLError } from 'graphql';
import type { Change } from '../../events/change.ts';
import type { RequestScope } from '../../request/request-scope.ts';

/** The fetches of a query plan to embedded subgraphs, which are one subgraph to the plan. */
export interface SubgraphFetches {
  /** Prepares all operations of one plan; they share what they read. */
  readonly prepare: (operations: readonly string[]) => PreparedFetches;
}

export interface PreparedFetches {
  /** Opens the fetches for one client request. @param change the change of a subscription */
  readonly open: (scope: RequestScope, change: Change | undefined) => OpenFetches;
}

export interface OpenFetches {
  /** @param operation a prepared operation @param variables uncoerced variables */
  readonly fetch: (
    operation: string,
    variables: Readonly<Record<string, unknown>>,
  ) => Promise<FetchResult>;
  /** Clears cached reads after a write of another subgraph, which can have changed them. */
  readonly forget: () => void;
}

/** A result with the response names of the operation. */
export interface FetchResult {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
  /** Objects of the data without fields because their subgraph does not know them. */
  readonly unknown: Iterable<object>;
}
