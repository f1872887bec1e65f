import type { OperationCost, VendorCalls } from '../request/operation-cost.ts';

/** What came of an operation, for whoever watches from outside. Holds nothing of its text, variables or answer. */
export interface AnsweredOperation {
  /** What the client calls it; undefined where it has no name, or was not valid. */
  readonly name: string | undefined;
  /** Undefined where it was not valid. */
  readonly type: string | undefined;
  /** The audience that it was answered for; undefined where that was the whole graph. */
  readonly audience?: string | undefined;
  readonly outcome: Outcome;
  readonly errors: readonly AnsweredError[];
  /** Undefined where nothing else was expected. */
  readonly unlisted?: UnlistedOperation | undefined;
  /** What it costs, at most; absent where it was not valid, or costs are not counted. */
  readonly cost?: OperationCost | undefined;
  /** The calls that were made to the vendor of each part; absent where that is not known. */
  readonly calls?: VendorCalls | undefined;
}

/** An operation that is not on the operator's list, and who sent it. */
export interface UnlistedOperation {
  /** What the client calls itself and its version; `unknown` where it does not. */
  readonly client: string;
  readonly version: string;
  /** SHA-256 of the text; undefined where the operation was refused. */
  readonly hash?: string;
}

export interface AnsweredError {
  readonly code: string;
  /** The part of the graph whose vendor failed. */
  readonly service?: string;
}

/**
 * `complete`: without an error. `partial`: with errors and data. `failed`: no data, and it is not the client's fault. `refused`:
 * no data, because of what the client sent. `abandoned`: the client went away.
 */
export type Outcome = 'complete' | 'partial' | 'failed' | 'refused' | 'abandoned';
