/** What a response depends on: a change of any tag invalidates the cached response. */
export interface CacheTags {
  /** The records in the response or in the request. Each of their changes counts. */
  readonly records: readonly TaggedRecord[];
  /** The lists, searches and associations to which the response belongs. */
  readonly lists: readonly ListTag[];
}

/** A record by its type and id in the graph. */
export interface TaggedRecord {
  readonly type: string;
  readonly id: string;
}

/** A list of records of a type. Creations, deletions and merges of the type always count. */
export interface ListTag {
  readonly type: string;
  /**
   * The records to which the list belongs, all of one type: a person's orders. A change counts if it names one of them, or no record of their
   * type.
   * @default the list is of all records
   */
  readonly of?: readonly TaggedRecord[];
  /** Fields that determine its records: `['email']`. {@link ANY_FIELD} for all, as in a search. @default none */
  readonly dependsOn?: readonly string[];
  /** How long after a change the vendor can still return the old list; milliseconds. @default 0 */
  readonly lagMs?: number;
}

/** Stands for any field, in tags and in changes. */
export const ANY_FIELD = '*';

/** The position of a log at a moment: all changes up to it had happened. */
export interface LogPlace {
  /** The name of the log. */
  readonly log: string;
  readonly position: { readonly ms: number; readonly seq: number };
  /** By the log's clock; milliseconds since the epoch. */
  readonly time: number;
}

/** A response that a client's request has used and that may be older than the request. */
export interface OlderRead {
  /** Where the log was when the response was requested. @default where it was when the client's request began */
  readonly requestedAt?: LogPlace;
  /** For how long before that changes may not be in the response yet; milliseconds. Infinite if any change may be missing. */
  readonly lagMs: number;
}

/** A cached response, while it is not known which changes have happened since. */
export const UNKNOWN_AGE: OlderRead = { lagMs: Infinity };

/** Whether it is known which changes the parts of a response show. Positions of another log say nothing. */
export const areOfKnownAge = (reads: readonly OlderRead[], log: string): boolean =>
  reads.every(
    ({ requestedAt, lagMs }) =>
      lagMs < Infinity && (requestedAt === undefined || requestedAt.log === log),
  );
