import type { LogPlace, OlderRead } from './cache-tags.ts';

/** A request with the value 1 gets the calls made for it as `extensions.upstream`, outside production. */
export const TRACE_HEADER = 'x-tributary-trace';

/** Of a response to a query: the cursor from which a subscription misses nothing. A request with the value 1 gets it as `extensions.cursor` too. */
export const CURSOR_HEADER = 'x-tributary-cursor';

/** One call to a vendor, as a trace shows it. Holds no credential, no body and no value of a path. */
export interface CallRecord {
  /** The name of the subgraph that made the call. */
  readonly service: string;
  /** Whose API was called, in small letters. */
  readonly vendor: string;
  readonly method: string;
  /** The path with names in place of values: `/v1/customers/{id}`. */
  readonly path: string;
  /** The HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Milliseconds from the beginning of the client's request to that of this call. */
  readonly startMs: number;
  /** How many milliseconds the call took, body included. */
  readonly ms: number;
  /** How many records the call asked for at once; null for a call that is no batch. */
  readonly batchSize: number | null;
  /** Why the records of equal calls did not share one, such as "The vendor has no batch read". Absent where the vendor's adapter names no reason. */
  readonly noBatchReason?: string | undefined;
}

/** An answer that a vendor gave before, in place of one that it does not give now. */
export interface StaleRecord {
  readonly service: string;
  /** What it is about, by the graph's name: `Customer`. */
  readonly type: string;
  readonly ageSeconds: number;
}

/** What a mapping of a connector could not do, at one place of its text. Holds no value of a request or a response. */
export interface MappingProblemRecord {
  readonly service: string;
  /** The source whose request or response the mapping is for. */
  readonly vendor: string;
  /** `Customer.orders`, or `Order#1` for the first connector on the type. */
  readonly connector: string;
  /** The argument of the directive that has the mapping: `selection`, `http.body`. */
  readonly mapping: string;
  /** One of a few, in lower case: `missing_property`. */
  readonly kind: string;
  /** In the text of the mapping, from 1. */
  readonly line: number;
  readonly column: number;
  /** The keys, as the mapping names them, from its input to the place: `items.name`. */
  readonly path: string;
  /** How often. */
  readonly count: number;
}

/** A list of which the response has the first items only. */
export interface TruncatedRecord {
  readonly service: string;
  /** `Query.orders`. */
  readonly field: string;
  /** How many the response has. */
  readonly items: number;
}

/** The calls made for one client request, in the order in which they ended. */
export interface CallTrace {
  /** When the client's request began, as `performance.now()` tells it. */
  readonly startedAt: number;
  readonly calls: readonly CallRecord[];
  readonly stale: readonly StaleRecord[];
  /** Each place of a mapping once, with how often; at most a hundred. */
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

/** What every call made for one client request carries. */
export interface RequestScope {
  /** Aborts at the request's deadline, or when the client goes away. */
  readonly signal: AbortSignal;
  readonly trace: CallTrace;
  /** When the signal is going to abort, as `performance.now()` tells it. @default never */
  readonly deadlineAt?: number;
  /** By which logs name the client's request. @default none */
  readonly requestId?: string;
  /** Names the client, so that what one asks for once is not taken for another's. @default one for all */
  readonly callerId?: string;
  /** Names the client in waiting lines: a caller, or the network of one without a credential. @default one for all */
  readonly clientKey?: string;
  /**
   * Whether it is what a mutation does: what is read for it must be as it is now, and not as it was kept, and may take until the deadline.
   * @default false
   */
  readonly bypassCache?: boolean;
  /**
   * Where the change log was when the client's request began, or for the process that heard of the change which it answers. What is cached counts
   * only where all changes up to there are known. @default caches look themselves
   */
  readonly logPlace?: LogPlace;
  /** Calls for it wait until no other request's are waiting for the vendor. @default false */
  readonly isBackground?: boolean;
  /** Headers for the subgraphs' services, never for a vendor: the request's id, its priority, its trace. @default none */
  readonly forwarded?: Readonly<Record<string, string>>;
  /** The headers of the client's request, by their names in lower case. @default none */
  readonly clientHeaders?: ClientHeaders;
  /** The claims of the caller's token, of which services get those that are listed for them. @default none */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export type ClientHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;
