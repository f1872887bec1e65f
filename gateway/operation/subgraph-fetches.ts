import type { GraphQLError } from 'graphql';
import type { Change } from '../../events/change.ts';
import type { RequestScope } from '../../request/request-scope.ts';

/** What a query plan asks of subgraphs in this process, which are one subgraph to it. */
export interface SubgraphFetches {
  /** Prepares all that one plan asks, as texts of operations: what one of them reads, others need not read again. */
  readonly prepare: (operations: readonly string[]) => PreparedFetches;
}

export interface PreparedFetches {
  /** For one client request. @param change is what a subscription is run for */
  readonly open: (scope: RequestScope, change: Change | undefined) => OpenFetches;
}

export interface OpenFetches {
  /** @param operation is one of those that were prepared @param variables are as they came */
  readonly fetch: (
    operation: string,
    variables: Readonly<Record<string, unknown>>,
  ) => Promise<FetchResult>;
  /** After a write of another subgraph, what was read before it may be wrong. */
  readonly forget: () => void;
}

/** By the names of the operation. */
export interface FetchResult {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
  /** Objects of the data that lack fields because their subgraph does not know them. */
  readonly unknown: Iterable<object>;
}
