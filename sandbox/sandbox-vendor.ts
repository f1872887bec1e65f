import type { SandboxEvents } from './events/vendor-events.ts';

/** A request as a sandbox vendor sees it. */
export interface SandboxVendorRequest {
  readonly method: string;
  /** The path without its query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as text; empty where there is none. */
  readonly body: string;
}

export interface SandboxVendorResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes are sent as they are, anything else as JSON; absent for an empty body. */
  readonly body?: unknown;
  /**
   * Only where the request changed something: its path with names in place of ids, such as `/v1/invoices/{id}/send`. An answer that
   * repeats an earlier one has none.
   */
  readonly wrote?: string;
}

/**
 * Stands in for a vendor over HTTP: its paths, headers, paging, error bodies and limits. Keeps its own state, and is
 * seeded with the same data each time.
 */
export interface SandboxVendor {
  /** The simulated vendor: `hubspot`. */
  readonly vendor: string;
  /**
   * Whether calls above the vendor's rate are refused.
   * @default false
   */
  limits?: boolean;
  answer(request: SandboxVendorRequest): SandboxVendorResponse;
  /** Event delivery. @default no events */
  readonly events?: SandboxEvents;
  /** What people change on the vendor's pages. */
  readonly edit?: object;
  /** Whether the request is meant to change something. @default none is */
  isWrite?(request: SandboxVendorRequest): boolean;
  /** The vendor's refusal of concurrent requests; null: accepted. @default always accepted */
  overlap?(
    request: SandboxVendorRequest,
    underWay: Iterable<SandboxVendorRequest>,
  ): SandboxVendorResponse | null;
  /** The vendor's own body of a failure that has nothing to do with the request; without it, a plain one is sent. */
  failure?(status: 429 | 500): SandboxVendorResponse;
}
