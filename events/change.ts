/**
 * A record: its type and id in the graph. In a change, an empty id stands for unknown records of the type, and an
 * empty type for all records of the vendor.
 */
export interface RecordRef {
  readonly type: string;
  readonly id: string;
}

/** What happened to a record. `MERGED`: merged into another record, which its id returns. */
export type ChangeKind = 'CREATED' | 'UPDATED' | 'DELETED' | 'MERGED';

/** A change of one record, as an event reports it. It holds no content: readers load the record again. */
export interface Change extends RecordRef {
  /** The record's vendor. */
  readonly vendor: string;
  readonly kind: ChangeKind;
  /** Other records that the event names: the account of a payment. Subscriptions filter by them. */
  readonly related: readonly RecordRef[];
  /** Names of changed fields that links or lists depend on, such as `email`; never values. `*` if they are unknown. */
  readonly changed: readonly string[];
  /** When it happened, by the vendor's clock; milliseconds since 1970. */
  readonly at: number;
  /** Where this server got it from. */
  readonly source: ChangeSource;
  /**
   * How long the vendor's searches may still return the state before it; milliseconds. HubSpot's index lags.
   * @default 0
   */
  readonly searchLagMs?: number;
  /** Whether the content must be removed from all caches: the person has requested erasure. @default false */
  readonly isErasure?: boolean;
}

/**
 * `write`: a mutation of this graph, or changes that no event may have reported. Only caches use it: the vendor's own event of a mutation
 * follows.
 */
export type ChangeSource = 'webhook' | 'catch-up' | 'write';

/** An event of a vendor with its changes, before it is stored. */
export interface NewEvent {
  /** The deduplication key: the same for each delivery of the event. At most 200 characters, without personal data. */
  readonly key: string;
  readonly changes: readonly Change[];
}

/** Any record of a vendor may have changed. */
export const anyChange = ({
  vendor,
  at,
  source,
}: Pick<Change, 'vendor' | 'at' | 'source'>): Change => ({
  vendor,
  type: '',
  id: '',
  kind: 'UPDATED',
  related: [],
  changed: [],
  at,
  source,
});
