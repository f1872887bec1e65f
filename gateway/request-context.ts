import type { RequestScope } from '../upstream/call-trace.ts';

/** The GraphQL context of one client request. */
export interface GatewayContext {
  /** The request's deadline and the calls made for it. */
  readonly scope: RequestScope;
}
