import type { Page, PageEntry, PageRequest } from '../../paging/connection.ts';
import { type PageToken, type Place, startOf, writePlace } from './page-token.ts';
import { type ApiPage, type PagedList, pagesError } from './read-page.ts';

/**
 * Reads one page of an API; equal pages are read once. Null: the list cannot be read, as a required value of its request is null.
 * @param size number of items to request, if known
 */
export type ReadPage = (token: PageToken, size: number | undefined) => Promise<ApiPage | null>;

/**
 * Reads a part of a list for a connection: as many pages of the API as needed, or a part of one. If that exceeds the policy's limit, the
 * part is shorter than requested, and another one follows.
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

/** A list up to the limits of its policy. */
export interface BoundedList {
  readonly items: readonly unknown[];
  /** Whether it was truncated. */
  readonly isCut: boolean;
}

/** Reads a list from its start, up to the limits of its policy. */
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
  /** Number of items to skip. */
  readonly skip: number;
}

/** Maximum number of concurrent reads of numbered pages that are known to be needed. */
const SIDE_BY_SIDE = 4;

/** Reads the pages of a list in sequence. */
class PageWalk {
  /** The latest reported total. */
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

  /** Whether the policy's maximum number of pages has been read. */
  get isOver(): boolean {
    return this.#pages >= this.#list.policy.maxPages;
  }

  /** @param wanted number of items still needed */
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

  /** Page numbers are valid only for one page size. */
  #sizeFor(wanted: number): number | undefined {
    const { size, style, sizeParameter } = this.#list.policy;
    const isFree = sizeParameter !== undefined && (style === 'cursor' || style === 'offset');
    return size !== undefined && isFree ? Math.min(size, wanted) : size;
  }

  /** Starts reads of pages that will be needed. Their results are handled when they are. */
  #readAhead({ next, items, total }: ApiPage, wanted: number): void {
    const { policy } = this.#list;
    const { size } = policy;
    if (typeof next !== 'number' || total === undefined || size === undefined) return;
    // After a page that is not full, the next ones start at other positions.
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
      // Equal to the later call of `next`: equal calls are made once.
      this.#read(token, this.#sizeFor(wanted - index * size)).catch(() => undefined);
    }
  }
}

/** The position after an item: in its page, or the start of the next page after the last item. */
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
