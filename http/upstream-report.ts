import type { CallRecord, RequestScope } from '../upstream/call-trace.ts';

/** A request with the value 1 gets the calls made for it as `extensions.upstream`, outside production. */
export const TRACE_HEADER = 'x-tributary-trace';

/** How many calls to vendors were made for a request, outside production. */
export const UPSTREAM_CALLS_HEADER = 'x-tributary-upstream-calls';

export interface UpstreamReport {
  /** The value of {@link UPSTREAM_CALLS_HEADER}. */
  readonly callCount: string;
  /** What is added to the answer's extensions. */
  readonly extensions: { readonly upstream: readonly CallRecord[] } | undefined;
}

/** @param traceHeader is what the request has in {@link TRACE_HEADER}. */
export function reportUpstreamCalls({ trace: { calls } }: RequestScope, traceHeader: string | string[] | undefined): UpstreamReport {
  return { callCount: String(calls.length), extensions: traceHeader === '1' ? { upstream: calls } : undefined };
}
