import type { Dated } from './merged-pages.ts';

/** Removes duplicates and sorts newest first; records of equal age keep their order. */
export function newestFirst<Item extends Dated>(records: readonly Item[]): Item[] {
  const distinct = new Map(records.map((record) => [record.id, record]));
  return [...distinct.values()].sort((a, b) =>
    a.createdAt === b.createdAt ? 0 : a.createdAt < b.createdAt ? 1 : -1,
  );
}
