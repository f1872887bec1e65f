import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { Change } from '../../events/change.ts';
import type { Caller } from '../../request/caller.ts';
import type { Condition } from '../supergraph/access-rules.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { EventLogger } from '../../request/event-logger.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { PreparedOperation, Variables } from './prepared-operation.ts';

/** Executes operations on any engine. Access control and waiting lines are functions from one graph to another. */
export interface Graph {
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  /** The SDL with the access and cost directives. */
  readonly supergraph: Supergraph;
  /**
   * Runs a valid operation.
   * @returns a result without `data` if nothing was run: the variables are invalid, or the operation is refused
   */
  execute(operation: PreparedOperation, request: GraphRequest): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/** The parts of a client request beside its operation. */
export interface GraphRequest {
  /** Uncoerced variables. */
  readonly variables: Variables;
  readonly scope: RequestScope;
  readonly caller: Caller;
  /** The root value of a subscription. @default the operation is a query or a mutation */
  readonly change?: Change | undefined;
  /** What the caller may see of the operation, where that is already decided. @default it is decided before the operation runs */
  readonly access?: AccessDecision | undefined;
  /** What the operation may cost. @default unknown */
  readonly cost?: number | undefined;
  /** Receives errors that are hidden from the client. @default errors are not logged */
  readonly log?: EventLogger | undefined;
}

/** What one caller may see of one operation. */
export interface AccessDecision {
  /** Equal for callers that get the same response, as far as access decides it. */
  readonly name: string;
  /** The conditions of the operation that the caller does not meet. */
  readonly unmet: readonly Condition[];
}
