import type { Part, WriteResult } from '../writes/refusal.ts';
import type { RecordKind } from './domain.ts';

/** Why a CRM does not write what it was asked to. `at` is a part of the changes or of the new record, or the `id` of what is changed. */
export type CrmRefusal = { readonly at: Part | null } & (
  | { readonly reason: PlainReason }
  /** A rule of the account's own makes a value necessary that is missing, or that the write would clear. */
  | { readonly reason: 'REQUIRED' }
  /** The record that the part names does not exist. */
  | { readonly reason: 'NOT_FOUND'; readonly kind: RecordKind }
  /** The CRM fills the property in itself. */
  | { readonly reason: 'READ_ONLY' }
  /** The CRM does not take the value. */
  | { readonly reason: 'VALUE_REFUSED'; readonly got: string }
);

export type PlainReason =
  | 'EMAIL_TAKEN'
  /** All else was changed. */
  | 'STAGE_ONLY_MOVES_FORWARD'
  /** A rule of the account's own, such as a property that must be filled. */
  | 'UNKNOWN';

export type CrmWriteResult = WriteResult<CrmRefusal>;
