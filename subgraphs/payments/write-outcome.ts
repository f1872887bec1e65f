/** What came of a write, as it is told again to whoever asks with the same key: it holds no personal data. */
export type WriteOutcome = Written | Refused;

/** It was done. */
export interface Written {
  /** Names the record that was made or changed. */
  readonly id: string;
}

/** Something of the business's stands against it. */
export interface Refused {
  readonly userErrors: readonly [UserError, ...UserError[]];
}

export interface UserError {
  readonly code: UserErrorCode;
  /** From `input` on; null where it is about the whole. */
  readonly field: readonly string[] | null;
  readonly message: string;
}

export type UserErrorCode = 'NOT_FOUND' | 'ALREADY_EXISTS' | 'ALREADY_DONE' | 'NOT_ALLOWED_NOW' | 'DECLINED' | 'UNKNOWN';

/** What a payload of the graph is made of: its records are read anew, when somebody asks for them. */
export interface WritePayload {
  /** Null where there is no record to show. */
  readonly id: string | null;
  readonly userErrors: readonly UserError[];
}

export interface RefundPayload extends WritePayload {
  readonly paymentId: string;
}
