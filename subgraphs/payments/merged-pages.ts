import { z } from 'zod';
import { BadUserInput } from '../../errors/coded-error.ts';
import type { Page, PageEntry, PageRequest } from '../connection.ts';

/** Anything with a place in a list that is newest first. */
export interface Dated {
  readonly id: string;
  readonly createdAt: string;
}

/**
 * Reads a page of several lists as if they were one, newest first. Every list is asked for as much as the page could need
 * of it, once, and not again after its end. A position is that of every list at once.
 * @param sources names the lists.
 * @throws BadUserInput for a position that is none of exactly these lists.
 */
export async function readMergedPage<Item extends Dated>(
  sources: readonly string[],
  { first, after }: PageRequest,
  readPage: (source: string, page: PageRequest) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const positions = after === undefined ? new Map(sources.map((source) => [source, BEGINNING])) : readPositions(after, sources);
  const lists = await Promise.all(
    [...positions].flatMap(([source, position]) => {
      if (position === END) return [];
      const page = readPage(source, position === BEGINNING ? { first } : { first, after: position });
      return page.then((read): List<Item> => ({ source, page: read, taken: 0 }));
    }),
  );
  for (const list of lists) positions.set(list.source, positionOf(list, positions.get(list.source)));

  const entries: PageEntry<Item>[] = [];
  while (entries.length < first) {
    const list = newest(lists);
    const entry = list?.page.entries[list.taken];
    if (list === undefined || entry === undefined) break;
    list.taken += 1;
    positions.set(list.source, positionOf(list, entry.position));
    const reached = [...positions];
    entries.push({
      item: entry.item,
      get position() {
        return JSON.stringify(reached);
      },
    });
  }
  return { entries, hasNextPage: [...positions.values()].some((position) => position !== END) };
}

/** A list that nothing has been taken of yet, and one that nothing is left of. No provider has such a position. */
const BEGINNING = '';
const END = null;

type Position = string | typeof END;

interface List<Item> {
  readonly source: string;
  readonly page: Page<Item>;
  taken: number;
}

function positionOf<Item>({ page, taken }: List<Item>, lastTaken: Position = BEGINNING): Position {
  return taken === page.entries.length && !page.hasNextPage ? END : lastTaken;
}

function newest<Item extends Dated>(lists: readonly List<Item>[]): List<Item> | undefined {
  let best: List<Item> | undefined;
  for (const list of lists) {
    if (list.taken < list.page.entries.length && (best === undefined || isBefore(head(list), head(best)))) best = list;
  }
  return best;
}

const head = <Item>({ page, taken }: List<Item>) => page.entries[taken]?.item ?? null;

/** An item that could not be read has no date; it keeps its place in its own list and goes ahead of all others. */
function isBefore<Item extends Dated>(one: Item | Error | null, other: Item | Error | null): boolean {
  if (other === null || other instanceof Error) return false;
  if (one === null || one instanceof Error) return true;
  return one.createdAt === other.createdAt ? one.id > other.id : one.createdAt > other.createdAt;
}

const positionsSchema = z.array(z.tuple([z.string(), z.string().nullable()])).min(1);

/** A cursor is not secret: whatever it names must be checked against the lists that the caller may read. */
function readPositions(text: string, sources: readonly string[]): Map<string, Position> {
  const positions = new Map(positionsSchema.safeParse(parseJson(text)).data ?? []);
  if (positions.size !== sources.length || !sources.every((source) => positions.has(source))) {
    throw new BadUserInput('after must be a cursor of the accounts that this list is made of now, but it is of others.');
  }
  return positions;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
