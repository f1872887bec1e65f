import { CodedError, type Service } from '../../errors/coded-error.ts';

/** A part of what a provider was asked for, in the domain's terms: `['lines', 1, 'quantity']` of an order. */
export type Part = readonly (string | number)[];

/** Why a provider does not do what it was asked to. What clients read about it is the subgraph's `user-errors.ts`. */
export interface Refusal {
  readonly reason: string;
  /** Null where it is about the whole. */
  readonly at: Part | null;
}

/** What came of a write at a provider. */
export interface WriteResult<Reason extends Refusal> {
  /** The id of the record that was written; null where none was. */
  readonly id: string | null;
  readonly refusals: readonly Reason[];
  /**
   * Removes what a refused write made on its way. To be called once the refusal is remembered: under the same key the vendor would
   * give what is removed as if it still existed. Does what it can, and never throws.
   */
  readonly discard?: () => Promise<void>;
}

/**
 * Thrown by a provider where the request itself cannot be: a malformed id, a condition that no vendor can search for. The subgraph
 * replaces it by an error that names the argument.
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
