import type { Page, PageEntry, PageRequest } from '../../paging/connection.ts';
import { type PageToken, type Place, startOf, writePlace } from './page-token.ts';
import { type ApiPage, type PagedList, pagesError } from './read-page.ts';

/**
 * Reads one page of an API; equal ones are read once. Null: the list cannot be asked for, as something that its request needs is null.
 * @param size is how many items to ask for, where that is known
 */
export type ReadPage = (token: PageToken, size: number | undefined) => Promise<ApiPage | null>;

/**
 * Reads part of a list for a connection: as many pages of the API as it takes, or a part of one. Where they are more than the policy allows, the
 * part is shorter than it was asked for, and another one follows.
 */
export async function readPart(
  list: PagedList,
  { first }: Pick<PageRequest, 'first'>,
  from: Place | undefined,
  read: ReadPage,
): Promise<Page<unknown> | null> {
  const walk = new PageWalk(list, read, from);
  const entries: PageEntry<unknown>[] = [];
  for (;;) {
    const found = await walk.next(first - entries.length);
    if (found === null) return null;
    const { items, skip, next } = found;
    const end = Math.min(items.length, skip + first - entries.length);
    for (let index = skip; index < end; index += 1)
      entries.push({ item: items[index], position: positionAfter(list, found, index) });
    const isMore = end < items.length || next !== undefined;
    if (entries.length < first && next !== undefined && !walk.isOver) continue;
    if (entries.length === 0 && isMore)
      throw pagesError(list, `must not be empty ${String(list.policy.maxPages)} times in a row.`);
    return {
      entries,
      hasNextPage: isMore,
      ...(walk.total !== undefined && { totalCount: walk.total }),
    };
  }
}

/** A list as far as its policy lets it be read. */
export interface BoundedList {
  readonly items: readonly unknown[];
  /** Whether it is longer. */
  readonly isCut: boolean;
}

/** Reads a list from its beginning, up to the bounds of its policy. */
export async function readBounded(list: PagedList, read: ReadPage): Promise<BoundedList | null> {
  const { maxItems } = list.policy;
  const walk = new PageWalk(list, read, undefined);
  const items: unknown[] = [];
  for (;;) {
    const page = await walk.next(maxItems - items.length);
    if (page === null) return null;
    for (const item of page.items) items.push(item);
    const isFull = items.length >= maxItems;
    if (page.next !== undefined && !isFull && !walk.isOver) continue;
    return {
      items: items.slice(0, maxItems),
      isCut: page.next !== undefined || items.length > maxItems,
    };
  }
}

interface FoundPage extends ApiPage {
  readonly token: PageToken;
  /** So many of its items are behind. */
  readonly skip: number;
}

/** Pages are numbered or counted: these are read at once, where more of them are known to be needed. */
const SIDE_BY_SIDE = 4;

/** Goes through the pages of a list, one after the other. */
class PageWalk {
  /** As the last page that said it. */
  total: number | undefined;
  readonly #list: PagedList;
  readonly #read: ReadPage;
  readonly #seen = new Set<string>();
  #next: Place;
  #pages = 0;

  constructor(list: PagedList, read: ReadPage, from: Place | undefined) {
    this.#list = list;
    this.#read = read;
    this.#next = from ?? { token: startOf(list.policy), skip: 0 };
  }

  /** Whether as many pages were read as the policy allows. */
  get isOver(): boolean {
    return this.#pages >= this.#list.policy.maxPages;
  }

  /** @param wanted is how many items are still wanted */
  async next(wanted: number): Promise<FoundPage | null> {
    const { token, skip } = this.#next;
    const name = JSON.stringify(token);
    if (this.#seen.has(name)) throw pagesError(this.#list, 'do not end: one came twice.');
    this.#seen.add(name);
    const page = await this.#read(token, this.#sizeFor(skip + wanted));
    if (page === null) return null;
    this.#pages += 1;
    this.total = page.total ?? this.total;
    if (page.next !== undefined) {
      this.#next = { token: page.next, skip: 0 };
      this.#readAhead(page, wanted - Math.max(0, page.items.length - skip));
    }
    return { ...page, token, skip };
  }

  /** A number of a page means something for pages of one size only. */
  #sizeFor(wanted: number): number | undefined {
    const { size, style, sizeParameter } = this.#list.policy;
    const isFree = sizeParameter !== undefined && (style === 'cursor' || style === 'offset');
    return size !== undefined && isFree ? Math.min(size, wanted) : size;
  }

  /** Begins to read pages that are going to be wanted. What comes of it is seen when they are. */
  #readAhead({ next, items, total }: ApiPage, wanted: number): void {
    const { policy } = this.#list;
    const { size } = policy;
    if (typeof next !== 'number' || total === undefined || size === undefined) return;
    // A page that is not full says that the next ones begin elsewhere.
    if (items.length < size) return;
    const isOffset = policy.style === 'offset';
    const behind = policy.style === 'page' ? (next - policy.firstPage) * size : next;
    const most = Math.min(
      SIDE_BY_SIDE,
      policy.maxPages - this.#pages,
      Math.ceil(Math.min(wanted, total - behind) / size),
    );
    for (let index = 0; index < most; index += 1) {
      const token = next + index * (isOffset ? size : 1);
      // As `next` will ask for it: equal calls are made once.
      this.#read(token, this.#sizeFor(wanted - index * size)).catch(() => undefined);
    }
  }
}

/** Where reading goes on after an item: in its page, or with the next one after the last. */
function positionAfter(
  { policy }: PagedList,
  { token, items, next }: FoundPage,
  index: number,
): string {
  if (policy.style === 'offset') return writePlace({ token: Number(token) + index + 1, skip: 0 });
  return index + 1 === items.length && next !== undefined
    ? writePlace({ token: next, skip: 0 })
    : writePlace({ token, skip: index + 1 });
}
