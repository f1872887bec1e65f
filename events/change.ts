/**
 * Names a record: its type in the graph, and its id there. In a change, an empty id stands for records of the type that it does not name, and an
 * empty type for all records of the vendor.
 */
export interface RecordRef {
  readonly type: string;
  readonly id: string;
}

/** What happened to a record. `MERGED`: merged into another record, which its id returns. */
export type ChangeKind = 'CREATED' | 'UPDATED' | 'DELETED' | 'MERGED';

/** A change of one record, as far as an event tells it. It holds no content: whoever needs the record reads it again. */
export interface Change extends RecordRef {
  /** Whose record it is. */
  readonly vendor: string;
  readonly kind: ChangeKind;
  /** Records that the event names beside its own: the account of a payment. Subscriptions filter by them. */
  readonly related: readonly RecordRef[];
  /** Names of the fields that have changed and that links or lists depend on, such as `email`; never values. `*` where that is not known. */
  readonly changed: readonly string[];
  /** When it happened, by the vendor's clock; milliseconds since 1970. */
  readonly at: number;
  /** How this server came to know of it. */
  readonly source: ChangeSource;
  /**
   * For how long after it the vendor's searches may still answer as before; milliseconds. HubSpot's index lags.
   * @default 0
   */
  readonly searchLagMs?: number;
  /** Whether the record's content must be removed wherever it is cached: the person has asked for it. @default false */
  readonly isErasure?: boolean;
}

/** `write`: a mutation of this graph. It counts for caches alone, because the vendor's own event follows. */
export type ChangeSource = 'webhook' | 'catch-up' | 'write';

/** An event of a vendor with the changes that it tells of, before it is stored. */
export interface NewEvent {
  /** The same for each delivery of the event: a known one is not stored again. At most 200 characters, without personal data. */
  readonly key: string;
  readonly changes: readonly Change[];
}
