/** What a run finds out, by the names in `latest.json`; null is what was not measured. docs/performance.md says what they mean. */
export interface Figures {
  /** CPU of the embedded gateway as a share of the hand-written endpoint's. */
  readonly listCpuRatio: number | null;
  readonly oneCpuRatio: number | null;
  /** The same as a share of a hand-written endpoint on `node:http` and plain undici, without policies, checks or limits. */
  readonly listCpuVsBare: number | null;
  readonly oneCpuVsBare: number | null;
  /** CPU of a persisted GET as a share of the same POST's, with 8 and with 64 connections. */
  readonly getCpuVsPost: number | null;
  readonly getCpuVsPost64: number | null;
  /** CPU of the list in a graph with a service and custom fields, neither of them selected, as a share of the same without them. */
  readonly listCpuVsOwnGraph: number | null;
  /** CPU of a thousand objects through connectors as a share of an adapter's: in batches by number, and in one list. */
  readonly connectorCpuVsAdapter: number | null;
  readonly connectorListCpuVsAdapter: number | null;
  /** Milliseconds for a file of a hundred connectors, in a process that has read none before. */
  readonly connectorCompileMs: number | null;
  readonly listRounds: number | null;
  readonly listLatencyExcessMs: number | null;
  readonly upstreamCallsEqual: boolean | null;
  /** CPU of the embedded gateway as a share of Hive Gateway's and our services'. */
  readonly listCpuVsHive: number | null;
  /** CPU of the gateway's process over services as a share of the other gateway's process. */
  readonly gatewayCpuVsHive: number | null;
  readonly gatewayCpuVsApollo: number | null;
  /** Milliseconds from a webhook to its answer, at 500 a second: the 99th percentile. */
  readonly receiveP99Ms: number | null;
  /** Milliseconds from a webhook to the client of a stream, a read from the vendor included: the 95th percentile. */
  readonly deliverP95Ms: number | null;
  /** CPU of a payload of a stream as a share of the same query's. */
  readonly payloadCpuVsQuery: number | null;
  /** Milliseconds of CPU of a persisted GET that is answered with 304. */
  readonly unchangedCpuMs: number | null;
  /** Megabytes of 5,000 streams on which nothing happens. */
  readonly idleStreamsMb: number | null;
  readonly coldStartMs: number | null;
  readonly residentMb: number | null;
  /** Resident memory in the last quarter of the requests as a share of that in the third. */
  readonly residentGrowth: number | null;
  readonly firstBlockMs: number | null;
  readonly loopBlockMs: number | null;
  /** Whether the ratios of the rounds lie close enough together. */
  readonly valid: boolean | null;
}

export const NOT_MEASURED: Figures = {
  listCpuRatio: null,
  oneCpuRatio: null,
  listCpuVsBare: null,
  oneCpuVsBare: null,
  getCpuVsPost: null,
  getCpuVsPost64: null,
  listCpuVsOwnGraph: null,
  connectorCpuVsAdapter: null,
  connectorListCpuVsAdapter: null,
  connectorCompileMs: null,
  listRounds: null,
  listLatencyExcessMs: null,
  upstreamCallsEqual: null,
  listCpuVsHive: null,
  gatewayCpuVsHive: null,
  gatewayCpuVsApollo: null,
  receiveP99Ms: null,
  deliverP95Ms: null,
  payloadCpuVsQuery: null,
  unchangedCpuMs: null,
  idleStreamsMb: null,
  coldStartMs: null,
  residentMb: null,
  residentGrowth: null,
  firstBlockMs: null,
  loopBlockMs: null,
  valid: null,
};
