import type { GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { ServedContext } from './served-context.ts';

/** A request with the value 1 gets the calls made for it as `extensions.upstream`, outside production. */
export const TRACE_HEADER = 'x-tributary-trace';

/** How many calls to vendors were made for a request, outside production. */
const UPSTREAM_CALLS_HEADER = 'x-tributary-upstream-calls';

export function reportUpstreamCalls({ request, response, contextValue }: GraphQLRequestContextWillSendResponse<ServedContext>): void {
  const { calls } = contextValue.scope.trace;
  response.http.headers.set(UPSTREAM_CALLS_HEADER, String(calls.length));
  if (request.http?.headers.get(TRACE_HEADER) === '1' && response.body.kind === 'single') {
    const { singleResult } = response.body;
    singleResult.extensions = { ...singleResult.extensions, upstream: calls };
  }
}
