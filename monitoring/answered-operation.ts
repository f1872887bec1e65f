import type { OperationCost, VendorCalls } from '../request/operation-cost.ts';

/** The result of an operation for monitoring. It contains no part of the document, the variables or the response. */
export interface AnsweredOperation {
  /** The operation's name; undefined if it has none or was invalid. */
  readonly name: string | undefined;
  /** Undefined if the operation was invalid. */
  readonly type: string | undefined;
  /** The audience; undefined for the whole graph. */
  readonly audience?: string | undefined;
  readonly outcome: Outcome;
  readonly errors: readonly AnsweredError[];
  /** Undefined for an operation on the safelist, or without a safelist. */
  readonly unlisted?: UnlistedOperation | undefined;
  /** The maximum cost; absent if the operation was invalid or costs are not calculated. */
  readonly cost?: OperationCost | undefined;
  /** The actual vendor calls by service; absent if unknown. */
  readonly calls?: VendorCalls | undefined;
}

/** An operation that is not on the safelist, with its client. */
export interface UnlistedOperation {
  /** The client's own name and version, or `unknown`. */
  readonly client: string;
  readonly version: string;
  /** SHA-256 of the document; undefined if the operation was refused. */
  readonly hash?: string;
}

export interface AnsweredError {
  readonly code: string;
  /** The subgraph whose vendor failed. */
  readonly service?: string;
}

/**
 * `complete`: without an error. `partial`: with errors and data. `failed`: no data, not caused by the client. `refused`: no data, caused by the
 * client's request. `abandoned`: the client disconnected.
 */
export type Outcome = 'complete' | 'partial' | 'failed' | 'refused' | 'abandoned';
