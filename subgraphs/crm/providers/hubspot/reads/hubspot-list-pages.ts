import {
  type PageEntry,
  type PageRequest,
  positionRefused,
} from '../../../../paging/connection.ts';
import { MAX_RECORDS } from '../hubspot-capabilities.ts';
import { HubspotRefusal } from '../hubspot-refusals.ts';
import type { WirePaging } from '../hubspot-wire.ts';
import { positionInPage, readPosition } from './hubspot-position.ts';

/** A page of a list, all of whose entries are there. */
export interface ListPage<Item> {
  readonly entries: readonly (PageEntry<Item> & { readonly item: Item })[];
  readonly hasNextPage: boolean;
}

/** Reads one of HubSpot's pages. */
type ReadPart<Item> = (part: {
  readonly limit: number;
  readonly after: string | undefined;
}) => Promise<{ readonly results: readonly Item[]; readonly paging?: WirePaging | undefined }>;

/**
 * HubSpot's `after` names a page, not a record, so a position inside a page is its `after` and how many records to skip:
 * that page is then read again, just as far as needed.
 */
export async function readListPage<Item>(
  read: ReadPart<Item>,
  { first, after: position }: PageRequest,
): Promise<ListPage<Item>> {
  let { token, skip } = readPosition(position);
  const entries: ListPage<Item>['entries'][number][] = [];
  for (;;) {
    const limit = Math.min(MAX_RECORDS, skip + first - entries.length);
    const after = token === '' ? undefined : token;
    const { results, paging } = await read({ limit, after }).catch(refuseToken(after));
    const next = paging?.next?.after;
    results.slice(skip).forEach((item, index) => {
      entries.push({
        item,
        position: positionInPage({ token, next, size: results.length }, skip + index),
      });
    });
    // An empty page that promises another one would be followed for ever.
    const isLast = next === undefined || results.length === 0;
    if (isLast || entries.length >= first) return { entries, hasNextPage: !isLast };
    token = next;
    skip = 0;
  }
}

/** Of a list that was read before only the position can be wrong. */
export const refuseToken = (after: string | undefined) => (error: unknown) => {
  if (after !== undefined && error instanceof HubspotRefusal && error.status === 400)
    throw positionRefused('EXPIRED');
  throw error;
};
