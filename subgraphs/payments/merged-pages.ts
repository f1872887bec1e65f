import { hash } from 'node:crypto';
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
 * of it, once, and not again after its end. A position is that of every unfinished list at once. It goes on with those of them that are
 * still there: which accounts a person has can change between two pages, and one that joins later is read from the next beginning on.
 * @param sources names the lists.
 * @throws BadUserInput for a position of which no list is there.
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
    const unfinished = lists.flatMap((list): readonly (readonly [string, string])[] => {
      const position = positionAfter(list, taken.get(list) ?? 0);
      return position === END ? [] : [[nameOf(list.source), position]];
    });
    return JSON.stringify(unfinished);
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

/** The positions of the unfinished lists by their names. */
const positionsSchema = z.array(z.tuple([z.string(), z.string()]));

/** Tells the lists of a person apart in few characters: cursors have room for some hundred lists. */
const nameOf = (source: string) => hash('sha256', source, 'base64url').slice(0, 6);

/** A cursor names only lists that are there anyway, so that it cannot name one that the caller may not read. */
function startingPositions(
  sources: readonly string[],
  after: string | undefined,
): readonly (readonly [string, Position])[] {
  // In one order each time.
  const ordered = [...sources].sort();
  if (after === undefined) return ordered.map((source) => [source, BEGINNING]);
  const positions = positionsSchema.safeParse(parseJson(after)).data;
  const byName = new Map(positions);
  const starts = ordered.map((source): readonly [string, Position] => [
    source,
    byName.get(nameOf(source)) ?? END,
  ]);
  if (positions === undefined || (byName.size > 0 && starts.every(([, start]) => start === END)))
    throw new BadUserInput(
      'after must be a cursor for the current billing accounts of this list, but they have changed. Read the list from its beginning.',
    );
  return starts;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
