import type { RequestScope } from '../upstream/call-trace.ts';

/** The GraphQL context that a graph behind our HTTP finds. */
export interface ServedContext {
  readonly scope: RequestScope;
}
