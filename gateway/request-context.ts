import type { Caller } from '../access/caller.ts';
import type { EventLogger } from '../monitoring/event-logger.ts';
import type { RequestScope } from '../upstream/call-trace.ts';

/** The GraphQL context of one client request. */
export interface GatewayContext {
  /** The request's deadline and the calls made for it. */
  readonly scope: RequestScope;
  /** Absent where it does not matter who asks. */
  readonly caller?: Caller;
  /** Its lines have the request's id. @default nothing is logged */
  readonly log?: EventLogger;
}
