import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { Change } from '../../events/change.ts';
import type { Caller } from '../../request/caller.ts';
import type { Condition } from '../supergraph/access-rules.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { EventLogger } from '../../request/event-logger.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { PreparedOperation, Variables } from './prepared-operation.ts';

/**
 * A graph that runs operations, however it does so. Access control and waiting lines are functions from one graph to another.
 */
export interface Graph {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** The SDL with the directives that say who may see what, and what costs more or less than usual. */
  readonly supergraph: Supergraph;
  /**
   * Runs an operation that is valid for the schema.
   * @returns a result without `data` where nothing was run: its variables do not fit, or it is refused
   */
  execute(operation: PreparedOperation, request: GraphRequest): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/** What one client request brings beside its operation. */
export interface GraphRequest {
  /** As they came. */
  readonly variables: Variables;
  readonly scope: RequestScope;
  readonly caller: Caller;
  /** What the operation is answered for: a subscription's root value. @default it is a query or a mutation */
  readonly change?: Change | undefined;
  /** What the caller may see of the operation, where that is already decided. @default it is decided before the operation runs */
  readonly access?: AccessDecision | undefined;
  /** What the operation may cost. @default unknown */
  readonly cost?: number | undefined;
  /** Gets the errors that are hidden from the client. @default none is logged */
  readonly log?: EventLogger | undefined;
}

/** What one caller may see of one operation. */
export interface AccessDecision {
  /** Equal for callers that get the same response, as far as access decides it. */
  readonly name: string;
  /** The conditions of the operation that the caller does not meet. */
  readonly unmet: readonly Condition[];
}
