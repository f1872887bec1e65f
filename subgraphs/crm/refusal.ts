import type { Part, WriteResult } from '../writes/refusal.ts';
import type { RecordKind } from './domain.ts';

/** Why a CRM refused a write. `at` is a part of the changes or of the new record, or the `id` of the changed record. */
export type CrmRefusal = { readonly at: Part | null } & (
  | { readonly reason: PlainReason }
  /** A rule of the account requires a value that is missing, or that the write would clear. */
  | { readonly reason: 'REQUIRED' }
  /** The record that the part names does not exist. */
  | { readonly reason: 'NOT_FOUND'; readonly kind: RecordKind }
  /** The CRM sets the property itself. */
  | { readonly reason: 'READ_ONLY' }
  /** The CRM refuses the value. */
  | { readonly reason: 'VALUE_REFUSED'; readonly got: string }
);

export type PlainReason =
  | 'EMAIL_TAKEN'
  /** All other fields were updated. */
  | 'STAGE_ONLY_MOVES_FORWARD'
  /** A rule of the account, such as a required property. */
  | 'UNKNOWN';

export type CrmWriteResult = WriteResult<CrmRefusal>;
