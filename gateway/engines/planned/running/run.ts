import type { GraphQLSchema } from 'graphql';
import type { Change } from '../../../../events/change.ts';
import type { Failures } from './failures.ts';
import type { FetchErrors } from './fetch-errors.ts';
import type { Services } from './services.ts';

/** An object of fetched data. */
export type Data = Record<string, unknown>;

/** One run of a plan. */
export interface Run {
  /** The supergraph's schema, which can have more types than the client's. */
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The merged data of all fetches so far, by planned names. */
  readonly data: Data;
  /**
   * Whether equal entities at different paths are separate objects, because later fetches can select different arguments for them. Otherwise
   * they share one object, and later fetches send one representation.
   */
  readonly hasSeparateEntities: boolean;
  readonly errors: FetchErrors;
  readonly failures: Failures;
  /** Entities that a subgraph does not know. */
  readonly absent: WeakSet<object>;
  /** @default the operation is no subscription */
  readonly change?: Change | undefined;
}
