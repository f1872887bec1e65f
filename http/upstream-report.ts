import type { CallRecord, RequestScope, StaleRecord } from '../upstream/call-trace.ts';

/** A request with the value 1 gets the calls made for it as `extensions.upstream`, outside production. */
export const TRACE_HEADER = 'x-tributary-trace';

/** How many calls to vendors were made for a request, outside production. */
export const UPSTREAM_CALLS_HEADER = 'x-tributary-upstream-calls';

export interface UpstreamReport {
  /** The value of {@link UPSTREAM_CALLS_HEADER}; undefined in production. */
  readonly callCount: string | undefined;
  /** What is added to the answer's extensions. */
  readonly extensions: UpstreamExtensions | undefined;
}

interface UpstreamExtensions {
  readonly upstream?: readonly CallRecord[];
  /** What of the answer is older than it should be: a line for each type, with the oldest of it. */
  readonly stale?: readonly StaleRecord[];
}

export interface UpstreamReportOptions {
  /** What the request has in {@link TRACE_HEADER}. */
  readonly traceHeader: string | string[] | undefined;
  readonly production: boolean;
}

export function reportUpstreamCalls({ trace }: RequestScope, { traceHeader, production }: UpstreamReportOptions): UpstreamReport {
  const isTraced = !production && traceHeader === '1';
  const { calls, stale } = trace;
  return {
    callCount: production ? undefined : String(calls.length),
    extensions:
      isTraced || stale.length > 0
        ? { ...(isTraced && { upstream: calls }), ...(stale.length > 0 && { stale: oldest(stale) }) }
        : undefined,
  };
}

function oldest(stale: readonly StaleRecord[]): readonly StaleRecord[] {
  const byType = new Map<string, StaleRecord>();
  for (const record of stale) {
    const key = `${record.service} ${record.type}`;
    if ((byType.get(key)?.ageSeconds ?? -1) < record.ageSeconds) byType.set(key, record);
  }
  return [...byType.values()];
}
