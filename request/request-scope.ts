import type { LogPlace, OlderRead } from './cache-tags.ts';

/** With the value 1, the response contains its vendor calls in `extensions.upstream`, outside production. */
export const TRACE_HEADER = 'x-tributary-trace';

/** Of a response to a query: the cursor from which a subscription misses nothing. A request with the value 1 gets it as `extensions.cursor` too. */
export const CURSOR_HEADER = 'x-tributary-cursor';

/** One call to a vendor, as a trace shows it. Holds no credential, no body and no value of a path. */
export interface CallRecord {
  /** The subgraph that made the call. */
  readonly service: string;
  /** The called vendor, in lower case. */
  readonly vendor: string;
  readonly method: string;
  /** The path template: `/v1/customers/{id}`. */
  readonly path: string;
  /** The HTTP status; null without a response. */
  readonly status: number | null;
  /** Milliseconds from the start of the client request to the start of this call. */
  readonly startMs: number;
  /** Duration including the body; milliseconds. */
  readonly ms: number;
  /** The number of requested records in a batch; null for a call that is not a batch. */
  readonly batchSize: number | null;
  /** Why equal calls were not batched, for example "The vendor has no batch read". Absent if the adapter has no reason. */
  readonly noBatchReason?: string | undefined;
}

/** A stale cached response, used because the vendor fails. */
export interface StaleRecord {
  readonly service: string;
  /** The type of its records in the graph: `Customer`. */
  readonly type: string;
  readonly ageSeconds: number;
}

/** A problem at one place of a connector mapping. It contains no value of a request or response. */
export interface MappingProblemRecord {
  readonly service: string;
  /** The source of the mapped request or response. */
  readonly vendor: string;
  /** `Customer.orders`, or `Order#1` for the first connector of the type. */
  readonly connector: string;
  /** The directive's argument with the mapping: `selection`, `http.body`. */
  readonly mapping: string;
  /** A kind in lower case: `missing_property`. */
  readonly kind: string;
  /** In the mapping's text, from 1. */
  readonly line: number;
  readonly column: number;
  /** The keys of the mapping from its input to the place: `items.name`. */
  readonly path: string;
  /** The number of occurrences. */
  readonly count: number;
}

/** A list that is truncated to its first items. */
export interface TruncatedRecord {
  readonly service: string;
  /** `Query.orders`. */
  readonly field: string;
  /** The number of items in the response. */
  readonly items: number;
}

/** The calls of one client request, in the order of their ends. */
export interface CallTrace {
  /** The start of the client request, by `performance.now()`. */
  readonly startedAt: number;
  readonly calls: readonly CallRecord[];
  readonly stale: readonly StaleRecord[];
  /** Each place of a mapping once, with its count; at most 100. */
  readonly mappingProblems: readonly MappingProblemRecord[];
  readonly truncated: readonly TruncatedRecord[];
  /** Responses about records with events that may be older than the request: cached ones, and those of searches. */
  readonly olderReads: readonly OlderRead[];
  record(call: CallRecord): void;
  recordStale(stale: StaleRecord): void;
  recordMappingProblem(mapping: MappingProblemRecord): void;
  recordTruncated(truncated: TruncatedRecord): void;
  recordOlder(read: OlderRead): void;
}

export function createCallTrace(startedAt: number = performance.now()): CallTrace {
  const calls: CallRecord[] = [];
  const stale: StaleRecord[] = [];
  let mappingProblems: Map<string, MappingProblemRecord> | undefined;
  const truncated: TruncatedRecord[] = [];
  const olderReads: OlderRead[] = [];
  return {
    startedAt,
    calls,
    stale,
    truncated,
    olderReads,
    get mappingProblems() {
      return [...(mappingProblems?.values() ?? [])];
    },
    record: (call) => void calls.push(call),
    recordStale: (one) => void stale.push(one),
    recordMappingProblem: ({ count, ...place }) => {
      mappingProblems ??= new Map();
      const key = JSON.stringify(Object.values(place));
      const known = mappingProblems.get(key);
      if (known === undefined && mappingProblems.size >= MAX_MAPPING_PROBLEMS) return;
      mappingProblems.set(key, { ...place, count: (known?.count ?? 0) + count });
    },
    recordTruncated: (one) => void truncated.push(one),
    recordOlder: (one) => void olderReads.push(one),
  };
}

const MAX_MAPPING_PROBLEMS = 100;

/** The context of all calls for one client request. */
export interface RequestScope {
  /** Aborts at the request's deadline, or when the client disconnects. */
  readonly signal: AbortSignal;
  readonly trace: CallTrace;
  /** The time at which the signal aborts, by `performance.now()`. @default never */
  readonly deadlineAt?: number;
  /** The id of the client request in logs. @default none */
  readonly requestId?: string;
  /** Identifies the caller, so that in-flight calls of different callers are not shared. @default one for all */
  readonly callerId?: string;
  /** Identifies the client in waiting lines: a caller, or the network of an anonymous one. @default one for all */
  readonly clientKey?: string;
  /**
   * Whether the call belongs to a mutation. Its reads are not cached, and can take until the deadline.
   * @default false
   */
  readonly bypassCache?: boolean;
  /**
   * The log position at the start of the client request, or of the change that it answers. A cached response is used only if all changes up to
   * this position are known. @default caches read the position themselves
   */
  readonly logPlace?: LogPlace;
  /** Whether its calls wait until no other request waits for the vendor. @default false */
  readonly isBackground?: boolean;
  /** Headers for subgraph services, never for vendors: request id, priority, trace. @default none */
  readonly forwarded?: Readonly<Record<string, string>>;
  /** The headers of the client request, by lower-case name. @default none */
  readonly clientHeaders?: ClientHeaders;
  /** The claims of the caller's token; services get only the listed ones. @default none */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export type ClientHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;
