import {
  ANY_FIELD,
  type CacheTags,
  type ListTag,
  type TaggedRecord,
} from '../request/cache-tags.ts';

/**
 * Collects what a response depends on. More than {@link MAX_RECORDS} records count as all records of their types: looking them up would
 * cost more than it saves.
 */
export class TagCollector {
  readonly #records = new Map<string, TaggedRecord>();
  readonly #lists: ListTag[] = [];

  record(type: string, id: unknown): void {
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const record = { type, id: String(id) };
    this.#records.set(`${type} ${record.id}`, record);
  }

  list(list: ListTag): void {
    this.#lists.push(list);
  }

  get tags(): CacheTags {
    const records = [...this.#records.values()];
    if (records.length <= MAX_RECORDS) return { records, lists: this.#lists };
    const types = new Set(records.map(({ type }) => type));
    const all = [...types].map((type) => ({ type, dependsOn: [ANY_FIELD] }));
    return { records: [], lists: [...this.#lists, ...all] };
  }
}

/** A batch of 100 records, each with its account and its payment methods. */
const MAX_RECORDS = 300;

/** Returns a property of any JSON value. */
export const propertyOf = (value: unknown, name: string): unknown =>
  // The cast is safe: other objects have no such property.
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** Returns a list property of any JSON value; empty if it is not a list. */
export const listAt = (value: unknown, name: string): readonly unknown[] => {
  const list = propertyOf(value, name);
  return Array.isArray(list) ? list : [];
};
