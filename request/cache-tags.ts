/** What a response depends on: a change of any of it voids the response where it is cached. */
export interface CacheTags {
  /** The records that it holds or was asked by. Each of their changes counts. */
  readonly records: readonly TaggedRecord[];
  /** The lists, searches and links that it is a part of. */
  readonly lists: readonly ListTag[];
}

/** A record by its type in the graph, and its id there. */
export interface TaggedRecord {
  readonly type: string;
  readonly id: string;
}

/** Records of a type, as far as a response shows which they are. Creations, deletions and merges of the type always count. */
export interface ListTag {
  readonly type: string;
  /**
   * The records whose list it is, all of one type: the orders of a person. A change that names any of them counts, and one that names no
   * record of their type counts as it would without them; others do not.
   * @default the list is of all records
   */
  readonly of?: readonly TaggedRecord[];
  /** Fields that decide which records it has: `['email']`. {@link ANY_FIELD} for all, as of a search. @default none */
  readonly dependsOn?: readonly string[];
  /** For how long after a change the vendor may still answer as before; milliseconds. @default 0 */
  readonly lagMs?: number;
}

/** In place of the names of fields, in tags and in changes: any of them. */
export const ANY_FIELD = '*';

/** Where a log was when something was asked: all changes up to the position had happened. */
export interface LogPlace {
  /** Which log it is. */
  readonly log: string;
  readonly position: { readonly ms: number; readonly seq: number };
  /** By the log's clock; milliseconds since 1970. */
  readonly time: number;
}

/** A response that a client's request has used and that may be older than the request. */
export interface OlderRead {
  /** Where the log was when the response was asked for. @default where it was when the client's request began */
  readonly asked?: LogPlace;
  /** For how long before that changes may not be in the response yet; milliseconds. */
  readonly lagMs: number;
}
