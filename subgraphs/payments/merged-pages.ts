import { hash } from 'node:crypto';
import { z } from 'zod';
import { BadUserInput } from '../../errors/coded-error.ts';
import type { Page, PageEntry, PageRequest } from '../paging/connection.ts';

/** An item with a position in a newest-first list. */
export interface Dated {
  readonly id: string;
  readonly createdAt: string;
}

/**
 * Reads a page of several lists merged into one, newest first. Each list is read once, for as many items as the page can need,
 * and not after its end. A position contains the positions of all unfinished lists. Reading continues with those that still
 * exist: the set of a customer's accounts can change between two pages, and a new account is included only when reading starts again.
 * @param sources names of the lists
 * @throws BadUserInput for a position whose lists no longer exist
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

/** The positions of a list of which nothing has been read, and of one that is finished. No provider returns such positions. */
const BEGINNING = '';
const END = null;
const EMPTY: Page<never> = { entries: [], hasNextPage: false };

type Position = string | typeof END;

interface List<Item> {
  readonly source: string;
  readonly start: Position;
  readonly page: Page<Item>;
  /** Number of the page's entries in the merged page. */
  taken: number;
}

/** The order in which entries of the lists were merged. */
interface Merge<Item> {
  readonly lists: readonly List<Item>[];
  readonly order: List<Item>[];
}

/** Calculates its position on access, which is rare: the positions of all lists at this entry. */
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

/** An unreadable item has no date; it keeps its position in its own list and comes before all others. */
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

/** Identifies the lists of a customer in few characters: cursors have room for some hundred lists. */
const nameOf = (source: string) => hash('sha256', source, 'base64url').slice(0, 6);

/** A cursor refers only to lists of `sources`, so it cannot refer to one that the caller may not read. */
function startingPositions(
  sources: readonly string[],
  after: string | undefined,
): readonly (readonly [string, Position])[] {
  // Always in the same order.
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
