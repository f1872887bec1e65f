import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BadUserInput } from '../../errors/coded-error.ts';
import type { Page, PageEntry, PageRequest } from '../paging/connection.ts';

/** Anything with a place in a list that is newest first. */
export interface Dated {
  readonly id: string;
  readonly createdAt: string;
}

/**
 * Reads a page of several lists as if they were one, newest first. Every list is asked for as much as the page could need
 * of it, once, and not again after its end. A position is that of every unfinished list at once.
 * @param sources names the lists.
 * @throws BadUserInput for a position that is none of exactly these lists.
 */
export async function readMergedPage<Item extends Dated>(
  sources: readonly string[],
  { first, after }: PageRequest,
  readPage: (source: string, page: PageRequest) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const reading = startingPositions(sources, after).map(([source, start]): Promise<List<Item>> => {
    if (start === END) return Promise.resolve({ source, start, page: EMPTY, taken: 0 });
    const page = readPage(source, start === BEGINNING ? { first } : { first, after: start });
    return page.then((read) => ({ source, start, page: read, taken: 0 }));
  });
  return merge(await Promise.all(reading), first);
}

function merge<Item extends Dated>(lists: readonly List<Item>[], first: number): Page<Item> {
  const merged: Merge<Item> = { lists, order: [] };
  const entries: PageEntry<Item>[] = [];
  while (entries.length < first) {
    const list = newest(lists);
    if (list === undefined) break;
    entries.push(new MergedEntry(head(list), merged, entries.length));
    merged.order.push(list);
    list.taken += 1;
  }
  return { entries, hasNextPage: lists.some((list) => positionAfter(list, list.taken) !== END) };
}

/** A list that nothing has been taken of yet, and one that nothing is left of. No provider has such a position. */
const BEGINNING = '';
const END = null;
const EMPTY: Page<never> = { entries: [], hasNextPage: false };

type Position = string | typeof END;

interface List<Item> {
  readonly source: string;
  readonly start: Position;
  readonly page: Page<Item>;
  /** How many of the page's entries are in the merged page. */
  taken: number;
}

/** What was taken of which list. */
interface Merge<Item> {
  readonly lists: readonly List<Item>[];
  readonly order: List<Item>[];
}

/** Its position is written when it is read, which is seldom: that of every list at this place of the order. */
class MergedEntry<Item> implements PageEntry<Item> {
  readonly item: Item | Error | null;
  readonly #merge: Merge<Item>;
  readonly #index: number;

  constructor(item: Item | Error | null, merge: Merge<Item>, index: number) {
    this.item = item;
    this.#merge = merge;
    this.#index = index;
  }

  get position(): string {
    const { lists, order } = this.#merge;
    const taken = new Map<List<Item>, number>();
    for (const list of order.slice(0, this.#index + 1)) taken.set(list, (taken.get(list) ?? 0) + 1);
    const unfinished = lists.flatMap((list, index): readonly (readonly [number, string])[] => {
      const position = positionAfter(list, taken.get(list) ?? 0);
      return position === END ? [] : [[index, position]];
    });
    return JSON.stringify([nameOf(lists.map(({ source }) => source)), unfinished]);
  }
}

function positionAfter<Item>(
  { start, page: { entries, hasNextPage } }: List<Item>,
  taken: number,
): Position {
  if (taken === entries.length && !hasNextPage) return END;
  return entries[taken - 1]?.position ?? start;
}

function newest<Item extends Dated>(lists: readonly List<Item>[]): List<Item> | undefined {
  let best: List<Item> | undefined;
  for (const list of lists) {
    if (
      list.taken < list.page.entries.length &&
      (best === undefined || isBefore(head(list), head(best)))
    )
      best = list;
  }
  return best;
}

const head = <Item>({ page, taken }: List<Item>) => page.entries[taken]?.item ?? null;

/** An item that could not be read has no date; it keeps its place in its own list and goes ahead of all others. */
function isBefore<Item extends Dated>(
  one: Item | Error | null,
  other: Item | Error | null,
): boolean {
  if (other === null || other instanceof Error) return false;
  if (one === null || one instanceof Error) return true;
  return one.createdAt === other.createdAt ? one.id > other.id : one.createdAt > other.createdAt;
}

/** The name of all lists together, and the positions of the unfinished ones by their places among all. */
const positionsSchema = z.tuple([z.string(), z.array(z.tuple([z.int(), z.string()]))]);

/** A short name for exactly these lists in this order. */
const nameOf = (sources: readonly string[]) =>
  createHash('sha256').update(JSON.stringify(sources)).digest('base64url').slice(0, 8);

/** A cursor names no list, so that it cannot name one that the caller may not read. The lists are in one order each time. */
function startingPositions(
  sources: readonly string[],
  after: string | undefined,
): readonly (readonly [string, Position])[] {
  const ordered = [...sources].sort();
  if (after === undefined) return ordered.map((source) => [source, BEGINNING]);
  const [name, positions = []] = positionsSchema.safeParse(parseJson(after)).data ?? [];
  if (name !== nameOf(ordered)) {
    throw new BadUserInput(
      'after must be a cursor for the current billing accounts of this list, but they have changed. Read the list from its beginning.',
    );
  }
  const byIndex = new Map(positions);
  return ordered.map((source, index) => [source, byIndex.get(index) ?? END]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
