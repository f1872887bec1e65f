import {
  type PageEntry,
  type PageRequest,
  positionRefused,
} from '../../../../paging/connection.ts';
import { MAX_RECORDS } from '../hubspot-capabilities.ts';
import { HubspotRefusal } from '../hubspot-refusals.ts';
import type { WirePaging } from '../hubspot-wire.ts';
import { positionInPage, readPosition } from './hubspot-position.ts';

/** A page of a list without missing entries. */
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
 * HubSpot's `after` identifies a page, not a record, so a position inside a page is its `after` and the number of records to skip:
 * that page is then read again, only as far as needed.
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
    // Following an empty page with a next page could loop forever.
    const isLast = next === undefined || results.length === 0;
    if (isLast || entries.length >= first) return { entries, hasNextPage: !isLast };
    token = next;
    skip = 0;
  }
}

/** In a list that was read before, only the position can be invalid. */
export const refuseToken = (after: string | undefined) => (error: unknown) => {
  if (after !== undefined && error instanceof HubspotRefusal && error.status === 400)
    throw positionRefused('EXPIRED');
  throw error;
};
