import type { LogEntry, LogHead } from '../../../events/log/change-log.ts';
import type { Change, ChangeKind } from '../../../events/change.ts';
import type { Position } from '../../../events/log/position.ts';

/** What has happened to one record since the stream's last payload about it. */
export interface PendingChange {
  /** Of the oldest of the merged changes. */
  readonly first: Position;
  /** Of the newest. */
  readonly last: Position;
  /** The newest, with the kind of all together. */
  readonly change: Change;
  /** When the oldest was stored; milliseconds of the process's own clock, `performance.now()`. */
  readonly storedAt: number;
}

/** Changes that wait to be sent, merged per record: the oldest first. */
export class PendingChanges {
  #byRecord = new Map<string, PendingChange>();

  /** Records. */
  get size(): number {
    return this.#byRecord.size;
  }

  /** Where the oldest change is. */
  get first(): Position | undefined {
    const [oldest] = this.#byRecord.values();
    return oldest?.first;
  }

  /** @returns whether it was merged with one that waited */
  add({ position, change }: LogEntry, storedAt: number): boolean {
    const key = keyOf(change);
    const known = this.#byRecord.get(key);
    const added = { first: position, last: position, change, storedAt };
    // A known one keeps its place in the map.
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

  /** Puts back what was taken first, and could not be sent. */
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

/** Vendors promise no order: an update that comes after the end of a record is an old one. A record that is created after its end is restored. */
function mergeKinds(older: ChangeKind, newer: ChangeKind): ChangeKind {
  if (newer === 'DELETED' || newer === 'MERGED') return newer;
  if (older === 'DELETED' || older === 'MERGED') return newer === 'CREATED' ? 'UPDATED' : older;
  return older === 'CREATED' ? older : newer;
}

/**
 * When an entry was stored, by this process's clock: how old it was when it was read is a matter of the log's clock alone.
 * @param now is when it was read
 */
export const storedAt = ({ position }: LogEntry, { time }: LogHead, now: number): number =>
  now - Math.max(0, time - position.ms);
