import {
  type Connection,
  type Page,
  type PageArguments,
  type PageEntry,
  type PageRequest,
  readPageArguments,
  toConnection,
} from '../paging/connection.ts';
import type { Named } from './domain.ts';
import { checkConditions } from './list-queries.ts';
import type { Loader, PageLoader } from './loaders.ts';
import type { CrmCapabilities, LinkedRequest, ListQuery } from './provider.ts';

/** The arguments of a root list. */
export type ListArguments<Filter, SortField> = PageArguments &
  Omit<ListQuery<Filter, SortField>, 'page' | 'counted'>;

/** A root list. Its cursors are valid only for the same words, conditions and order. */
export function listed<Item, Filter extends object, SortField>(
  list: string,
  { first, after, ...conditions }: ListArguments<Filter, SortField>,
  pages: PageLoader<ListQuery<Filter, SortField>, Item>,
  { capabilities, counted }: { readonly capabilities: CrmCapabilities; readonly counted: boolean },
): Promise<Connection<Item>> {
  return connect(`${list} ${JSON.stringify(conditions)}`, { first, after }, (page) => {
    checkConditions(conditions, capabilities);
    return pages.load({ ...conditions, page, counted });
  });
}

/** A list of linked records: reads the page's ids first, then only their records. */
export function linked<Item extends Named>(
  list: string,
  id: string,
  args: PageArguments,
  ids: PageLoader<LinkedRequest, string>,
  records: Loader<Item>,
): Promise<Connection<Item>> {
  return connect(list, args, async (request) => {
    const page = await ids.load({ id, page: request });
    const entries = page.entries.map(async ({ item, position }) => ({
      item:
        typeof item === 'string'
          ? await records.load(item).catch((error: unknown) => error as Error)
          : item,
      position,
    }));
    return { ...page, entries: withoutRepeats(await Promise.all(entries)) };
  });
}

/**
 * Merged records are one record, which may be linked under each of its former ids. The entry before a repeated one gets
 * its position, so that the next page continues behind it.
 */
function withoutRepeats<Item extends Named>(
  entries: readonly PageEntry<Item>[],
): readonly PageEntry<Item>[] {
  const seen = new Set<string>();
  const distinct: PageEntry<Item>[] = [];
  for (const entry of entries) {
    const id = entry.item === null || entry.item instanceof Error ? undefined : entry.item.id;
    const last = distinct.at(-1);
    if (id !== undefined && last !== undefined && seen.has(id))
      distinct[distinct.length - 1] = { ...last, position: entry.position };
    else distinct.push(entry);
    if (id !== undefined) seen.add(id);
  }
  return distinct;
}

export async function connect<Item>(
  list: string,
  args: PageArguments,
  read: (request: PageRequest) => Promise<Page<Item>>,
): Promise<Connection<Item>> {
  const request = readPageArguments(list, args);
  return toConnection(list, request, await read(request));
}
