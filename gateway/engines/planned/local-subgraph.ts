import type { GraphQLError } from 'graphql';
import type { RequestScope } from '../../../request/request-scope.ts';

/** A subgraph of a plan that runs in this process. */
export interface LocalSubgraph {
  /** Its name in the supergraph. */
  readonly name: string;
  /** Prepares all that one plan asks of it, as texts of operations. */
  prepare(operations: readonly string[]): PreparedFetches;
}

export interface PreparedFetches {
  /** For one client request. */
  open(scope: RequestScope): LocalFetches;
}

export interface LocalFetches {
  /** @param operation is one of those that were prepared @param variables are as they came */
  fetch(operation: string, variables: Readonly<Record<string, unknown>>): Promise<LocalResult>;
  /** After a write of another subgraph, what was read before it may be wrong. */
  forget(): void;
}

export interface LocalResult {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}
