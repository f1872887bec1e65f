import type { VendorCalls } from '../../request/operation-cost.ts';
import type {
  CallRecord,
  MappingProblemRecord,
  StaleRecord,
  TruncatedRecord,
} from '../../request/request-scope.ts';
import { cursorOfQuery } from './streams/query-cursor.ts';
import { countByService } from './request-record.ts';
import type { ServedContext } from './served-context.ts';

/** With the value 1, the response has `extensions.cost`; in production without the actual calls. */
export const COST_HEADER = 'x-tributary-cost';

/** The number of vendor calls of a request, outside production. */
export const UPSTREAM_CALLS_HEADER = 'x-tributary-upstream-calls';

export interface UpstreamReport {
  /** The value of {@link UPSTREAM_CALLS_HEADER}; undefined in production. */
  readonly callCount: string | undefined;
  /** Added to the response's extensions. */
  readonly extensions: UpstreamExtensions | undefined;
}

interface UpstreamExtensions {
  readonly upstream?: readonly CallRecord[];
  /** Problems of connectors' mappings; only with the calls. */
  readonly mappingProblems?: readonly MappingProblemRecord[];
  readonly cost?: CostReport;
  /** The response shows all changes up to this cursor. */
  readonly cursor?: string;
  /** Stale data in the response: the oldest record of each type. */
  readonly stale?: readonly StaleRecord[];
  /** Truncated lists: the shortest of each field. */
  readonly truncated?: readonly TruncatedRecord[];
}

interface CostReport {
  readonly estimated: number;
  /** Absent if the graph's vendor calls are unknown. */
  readonly vendorCalls?: { readonly estimated: VendorCalls; readonly actual?: VendorCalls };
}

export interface UpstreamReportOptions {
  /** The request's header `TRACE_HEADER`. */
  readonly traceHeader: string | string[] | undefined;
  /** The request's header {@link COST_HEADER}. */
  readonly costHeader: string | string[] | undefined;
  /** The request's header `CURSOR_HEADER`. @default absent */
  readonly cursorHeader?: string | string[] | undefined;
  readonly production: boolean;
}

export function reportUpstreamCalls(
  context: ServedContext,
  options: UpstreamReportOptions,
): UpstreamReport {
  const { traceHeader, costHeader, cursorHeader, production } = options;
  const { calls, mappingProblems, stale, truncated } = context.scope.trace;
  const upstream = !production && traceHeader === '1' ? calls : undefined;
  const cost = costHeader === '1' ? reportCost(context, production) : undefined;
  const cursor = cursorHeader === '1' ? cursorOfQuery(context) : undefined;
  return {
    callCount: production ? undefined : String(calls.length),
    extensions:
      upstream !== undefined ||
      cost !== undefined ||
      cursor !== undefined ||
      stale.length + truncated.length > 0
        ? {
            ...(upstream && { upstream }),
            ...(upstream && mappingProblems.length > 0 && { mappingProblems }),
            ...(cost && { cost }),
            ...(cursor !== undefined && { cursor }),
            ...(stale.length > 0 && { stale: oldest(stale) }),
            ...(truncated.length > 0 && { truncated: shortest(truncated) }),
          }
        : undefined,
  };
}

/** @returns undefined without a valid operation */
function reportCost(
  { record: { cost }, scope }: ServedContext,
  production: boolean,
): CostReport | undefined {
  if (cost === undefined) return undefined;
  const { estimated, calls } = cost;
  if (Object.keys(calls).length === 0) return { estimated };
  return {
    estimated,
    vendorCalls: {
      estimated: calls,
      ...(!production && { actual: countByService(scope.trace.calls) }),
    },
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

function shortest(truncated: readonly TruncatedRecord[]): readonly TruncatedRecord[] {
  const byField = new Map<string, TruncatedRecord>();
  for (const record of truncated) {
    const key = `${record.service} ${record.field}`;
    if ((byField.get(key)?.items ?? Infinity) > record.items) byField.set(key, record);
  }
  return [...byField.values()];
}
