import type { GraphQLSchema } from 'graphql';
import type { Failures } from './failures.ts';
import type { FetchErrors } from './fetch-errors.ts';
import type { Services } from './services.ts';

/** An object that subgraphs gave. */
export type Data = Record<string, unknown>;

/** One run of a plan. */
export interface Run {
  /** Of the supergraph, whose types may be more than the client's. */
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What all subgraphs gave so far, by planned names. */
  readonly data: Data;
  /**
   * Whether equal entities at different places get objects of their own: later fetches may select different arguments for them. Otherwise they
   * share what they have, and later fetches ask for it once.
   */
  readonly keepsApart: boolean;
  readonly errors: FetchErrors;
  readonly failures: Failures;
  /** Entities of which a subgraph knows nothing. */
  readonly absent: WeakSet<object>;
}
