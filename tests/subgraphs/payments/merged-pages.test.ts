import { describe, expect, it } from '@jest/globals';
import type { Page, PageRequest } from '../../../subgraphs/paging/connection.ts';
import { type Dated, readMergedPage } from '../../../subgraphs/payments/merged-pages.ts';

type Lists = Readonly<Record<string, readonly Dated[]>>;

/** Reads as a provider does, and keeps what it was asked. */
const reader =
  (lists: Lists, asked: string[] = []) =>
  (source: string, { first, after }: PageRequest): Promise<Page<Dated>> => {
    asked.push(`${source} ${String(first)} ${after ?? ''}`.trim());
    const items = lists[source] ?? [];
    const start = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
    const entries = items.slice(start, start + first).map((item) => ({ item, position: item.id }));
    return Promise.resolve({ entries, hasNextPage: start + first < items.length });
  };

async function readThrough(lists: Lists, first: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: string | undefined; ;) {
    const page = await readMergedPage(
      Object.keys(lists),
      after === undefined ? { first } : { first, after },
      reader(lists),
    );
    pages.push(
      page.entries.map(({ item }) => (item !== null && !(item instanceof Error) ? item.id : '')),
    );
    const last = page.entries.at(-1);
    if (!page.hasNextPage) return pages;
    if (last === undefined) throw new Error('A page with a next one has an entry.');
    after = last.position;
  }
}

/** The same numbers each time. */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % sides;
  };
}

describe('several lists read as one', () => {
  it('have the order of one sorted list, for any lengths and page size', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const roll = createDice(seed);
      const newestFirst = (one: Dated, other: Dated) =>
        other.createdAt.localeCompare(one.createdAt) || (other.id < one.id ? -1 : 1);
      const lists = Object.fromEntries(
        Array.from({ length: 1 + roll(4) }, (_list, list) => {
          const items = Array.from({ length: roll(12) }, (_item, item) => ({
            id: `${String(list)}-${String(item).padStart(2, '0')}`,
            createdAt: `2026-01-${String(1 + roll(9)).padStart(2, '0')}`,
          }));
          return [`cus_${String(list)}`, items.sort(newestFirst)] as const;
        }),
      );
      const first = 1 + roll(6);
      const pages = await readThrough(lists, first);
      expect(pages.flat()).toEqual(
        Object.values(lists)
          .flat()
          .sort(newestFirst)
          .map(({ id }) => id),
      );
      expect(pages.slice(0, -1).every((page) => page.length === first)).toBe(true);
      expect(pages.length).toBe(Math.max(1, Math.ceil(pages.flat().length / first)));
    }
  });

  it('read each list once for a page, and not after its end', async () => {
    const lists = {
      a: [{ id: 'a1', createdAt: '9' }],
      b: [3, 2, 1].map((day) => ({ id: `b${String(day)}`, createdAt: String(day) })),
    };
    const asked: string[] = [];
    const start = await readMergedPage(['a', 'b'], { first: 2 }, reader(lists, asked));
    await readMergedPage(
      ['a', 'b'],
      { first: 2, after: start.entries[1]?.position ?? '' },
      reader(lists, asked),
    );
    expect(asked).toEqual(['a 2', 'b 2', 'b 2 b3']);
  });

  it('make no call without a list', async () => {
    expect(await readMergedPage([], { first: 5 }, reader({}))).toEqual({
      entries: [],
      hasNextPage: false,
    });
  });

  it.each([
    '',
    'x',
    '{"a":1}',
    '[["a",null]]',
    '[["a",null],["c",null]]',
    '[["a",null],["b",null],["c",null]]',
    '[["a",1],["b",2]]',
    '[["a","a1"]]',
    '["x",[[0,"a1"]]]',
  ])('refuse the position %j', async (after) => {
    await expect(readMergedPage(['a', 'b'], { first: 1, after }, reader({}))).rejects.toMatchObject(
      { code: 'BAD_USER_INPUT' },
    );
  });
});
