import type { LogEntry, LogHead } from '../../../events/log/change-log.ts';
import type { Change, ChangeKind } from '../../../events/change.ts';
import type { Position } from '../../../events/log/position.ts';

/** The merged changes of one record since the stream's last payload for it. */
export interface PendingChange {
  /** The position of the oldest merged change. */
  readonly first: Position;
  /** The position of the newest. */
  readonly last: Position;
  /** The newest change, with the merged kind. */
  readonly change: Change;
  /** When the oldest was stored, in milliseconds of `performance.now()`. */
  readonly storedAt: number;
}

/** The changes that wait to be sent, merged per record, oldest first. */
export class PendingChanges {
  #byRecord = new Map<string, PendingChange>();

  /** The number of records. */
  get size(): number {
    return this.#byRecord.size;
  }

  /** The position of the oldest change. */
  get first(): Position | undefined {
    const [oldest] = this.#byRecord.values();
    return oldest?.first;
  }

  /** @returns whether it was merged with a pending change */
  add({ position, change }: LogEntry, storedAt: number): boolean {
    const key = keyOf(change);
    const known = this.#byRecord.get(key);
    const added = { first: position, last: position, change, storedAt };
    // An existing key keeps its order in the map.
    this.#byRecord.set(key, known === undefined ? added : merge(known, added));
    return known !== undefined;
  }

  takeFirst(): PendingChange | undefined {
    const [oldest] = this.#byRecord;
    if (oldest === undefined) return undefined;
    const [key, pending] = oldest;
    this.#byRecord.delete(key);
    return pending;
  }

  /** Returns the first change, which could not be sent, to the front. */
  putBack(pending: PendingChange): void {
    const key = keyOf(pending.change);
    const newer = this.#byRecord.get(key);
    this.#byRecord.delete(key);
    const whole = newer === undefined ? pending : merge(pending, newer);
    this.#byRecord = new Map([[key, whole], ...this.#byRecord]);
  }

  clear(): void {
    this.#byRecord.clear();
  }
}

const keyOf = ({ type, id }: Change) => `${type} ${id}`;

const merge = (older: PendingChange, newer: PendingChange): PendingChange => ({
  first: older.first,
  last: newer.last,
  storedAt: older.storedAt,
  change: {
    ...newer.change,
    kind: mergeKinds(older.change.kind, newer.change.kind),
    at: Math.max(older.change.at, newer.change.at),
  },
});

/** Vendors guarantee no order: an update after a deletion or merge is an old one. A creation after it restores the record. */
function mergeKinds(older: ChangeKind, newer: ChangeKind): ChangeKind {
  if (newer === 'DELETED' || newer === 'MERGED') return newer;
  if (older === 'DELETED' || older === 'MERGED') return newer === 'CREATED' ? 'UPDATED' : older;
  return older === 'CREATED' ? older : newer;
}

/**
 * When an entry was stored, by this process's clock. Its age comes from the log's clock alone.
 * @param now is when it was read
 */
export const storedAt = ({ position }: LogEntry, { time }: LogHead, now: number): number =>
  now - Math.max(0, time - position.ms);
