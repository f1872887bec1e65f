import { ANY_FIELD, type ListTag, type LogPlace } from '../request/cache-tags.ts';
import type { Change, RecordRef } from './change.ts';
import { isAfter, ORIGIN, type Position } from './log/position.ts';

/** The latest changes of one type's records. */
export class TypeMarks {
  readonly #records: PositionMap;
  /** By related record. */
  readonly #related: PositionMap;
  /** The latest changes, by the sorted types of their related records. */
  readonly #byRelatedTypes = new Map<string, MembershipMarks>();
  readonly #every = new MembershipMarks(new Set());
  /** The latest change of unknown records. */
  #unnamed: Position = ORIGIN;
  /** Until when searches may return the state before the changes, by the log's clock. */
  #searchesLagUntilMs = 0;
  count = 0;

  constructor(maxRecords: number) {
    this.#records = new PositionMap(maxRecords);
    this.#related = new PositionMap(maxRecords);
  }

  mark(change: Change, position: Position): void {
    const { id, kind, related, searchLagMs = 0 } = change;
    this.count += 1;
    if (id !== '') this.#records.set(id, position);
    else if (kind !== 'CREATED') this.#unnamed = later(this.#unnamed, position);
    for (const record of related) this.#related.set(keyOf(record), position);
    this.#every.mark(change, position);
    this.#marksOfRelated(related).mark(change, position);
    this.#searchesLagUntilMs = Math.max(this.#searchesLagUntilMs, position.ms + searchLagMs);
  }

  forgetBefore(ms: number): void {
    this.#records.forgetBefore(ms);
    this.#related.forgetBefore(ms);
  }

  hasRecordChanged(id: string, { position }: LogPlace): boolean {
    return isAfter(this.#records.latest(id), position) || isAfter(this.#unnamed, position);
  }

  hasListChanged({ of, dependsOn = [], lagMs = 0 }: ListTag, requestedAt: LogPlace): boolean {
    const hasChanged = (change: Position) =>
      isAfter(change, requestedAt.position) || (lagMs > 0 && requestedAt.time < change.ms + lagMs);
    if (dependsOn.includes(ANY_FIELD) && requestedAt.time < this.#searchesLagUntilMs && lagMs > 0)
      return true;
    if (isAfter(this.#unnamed, requestedAt.position)) return true;
    const [parent] = of ?? [];
    if (of === undefined || parent === undefined) return hasChanged(this.#every.latest(dependsOn));
    if (of.some((record) => hasChanged(this.#related.latest(keyOf(record))))) return true;
    for (const marks of this.#byRelatedTypes.values())
      if (!marks.types.has(parent.type) && hasChanged(marks.latest(dependsOn))) return true;
    return false;
  }

  #marksOfRelated(related: readonly RecordRef[]): MembershipMarks {
    const types = new Set(related.map(({ type }) => type));
    const key = [...types].sort().join(' ');
    const known = this.#byRelatedTypes.get(key);
    if (known !== undefined) return known;
    // Never reached in practice. Further combinations share one entry without related types.
    const isOther = this.#byRelatedTypes.size >= MAX_RELATED_TYPES;
    const marks = isOther
      ? (this.#byRelatedTypes.get(OTHERS) ?? new MembershipMarks(new Set()))
      : new MembershipMarks(types);
    this.#byRelatedTypes.set(isOther ? OTHERS : key, marks);
    return marks;
  }
}

const keyOf = ({ type, id }: RecordRef) => `${type} ${id}`;

const MAX_RELATED_TYPES = 32;
const OTHERS = '*';

/** The latest changes that can add records to a list or remove them. */
class MembershipMarks {
  /** The types of the related records. */
  readonly types: ReadonlySet<string>;
  readonly #fields = new Map<string, Position>();
  /** Creations, deletions and merges. */
  #records: Position = ORIGIN;
  #any: Position = ORIGIN;

  constructor(types: ReadonlySet<string>) {
    this.types = types;
  }

  mark({ kind, changed, source }: Change, position: Position): void {
    this.#any = later(this.#any, position);
    // Catch-up cannot tell creations from updates, and does not know the changed fields.
    if (kind !== 'UPDATED' || source === 'catch-up') this.#records = later(this.#records, position);
    for (const field of changed) {
      const isKnown = this.#fields.size < MAX_FIELDS || this.#fields.has(field);
      const name = isKnown ? field : ANY_FIELD;
      this.#fields.set(name, later(position, this.#fields.get(name)));
    }
  }

  latest(dependsOn: readonly string[]): Position {
    if (dependsOn.length === 0) return this.#records;
    if (dependsOn.includes(ANY_FIELD)) return this.#any;
    let latest = later(this.#records, this.#fields.get(ANY_FIELD));
    for (const field of dependsOn) latest = later(latest, this.#fields.get(field));
    return latest;
  }
}

const MAX_FIELDS = 200;

/** The latest position by key. The oldest are evicted. A missing key gets the latest evicted position. */
class PositionMap {
  readonly #max: number;
  /** In the order of the positions. */
  readonly #positions = new Map<string, Position>();
  #forgotten: Position = ORIGIN;

  constructor(max: number) {
    this.#max = max;
  }

  set(key: string, position: Position): void {
    // Entries may be repeated while the log is read from its beginning.
    const latest = later(position, this.#positions.get(key));
    this.#positions.delete(key);
    this.#positions.set(key, latest);
    if (this.#positions.size > this.#max) this.#forgetOldest();
  }

  latest(key: string): Position {
    return this.#positions.get(key) ?? this.#forgotten;
  }

  forgetBefore(ms: number): void {
    for (const position of this.#positions.values()) {
      if (position.ms >= ms) return;
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#positions;
    if (oldest === undefined) return;
    const [key, position] = oldest;
    this.#positions.delete(key);
    this.#forgotten = later(this.#forgotten, position);
  }
}

/** The later of two positions. */
export const later = (one: Position, other: Position = ORIGIN): Position =>
  isAfter(other, one) ? other : one;
