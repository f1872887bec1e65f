import { CodedError, type Service } from '../../errors/coded-error.ts';

/** A part of a provider's request, in the domain's terms: `['lines', 1, 'quantity']` of an order. */
export type Part = readonly (string | number)[];

/** A provider's reason for refusing a request. Its message for clients is in the subgraph's `user-errors.ts`. */
export interface Refusal {
  readonly reason: string;
  /** Null if it concerns the whole request. */
  readonly at: Part | null;
}

/** A provider's result of a write. */
export interface WriteResult<Reason extends Refusal> {
  /** The id of the written record; null if none was written. */
  readonly id: string | null;
  readonly refusals: readonly Reason[];
  /**
   * Deletes what a refused write has already created. Call it after the refusal is stored: under the same key the vendor would
   * return the deleted record as if it still existed. Works on a best-effort basis, and never throws.
   */
  readonly discard?: () => Promise<void>;
}

/**
 * A provider throws it for an invalid request: a malformed id, a condition that no vendor can search for. The subgraph
 * replaces it with an error that names the argument.
 */
export class Refused<Reason extends Refusal> extends CodedError {
  override readonly name = 'Refused';
  readonly refusal: Reason;

  constructor(service: Service, refusal: Reason) {
    super(
      'BAD_USER_INPUT',
      `The ${service.name} provider refused a value of the request: ${refusal.reason}.`,
    );
    this.refusal = refusal;
  }
}
