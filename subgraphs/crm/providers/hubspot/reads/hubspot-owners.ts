import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import type { Owner } from '../../../domain.ts';
import type { Page, PageRequest } from '../../../../paging/connection.ts';
import type { FoundRecords } from '../../../provider.ts';
import { listOwners, MAX_OWNERS } from '../hubspot-endpoints.ts';
import { toOwner } from '../hubspot-mapping.ts';
import { place } from './hubspot-batches.ts';
import { readListPage } from './hubspot-list-pages.ts';

/**
 * HubSpot has no batch read of owners. One page contains all owners of most accounts, so a list costs less than a call per owner. Records
 * keep
 * owners whose user was removed; these are in a separate list: https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide
 */
export async function readOwnersById(
  client: HubspotClient,
  ids: readonly string[],
  scope: RequestScope,
): Promise<FoundRecords<Owner>> {
  const owners = new Map<string, Owner>();
  for (const archived of [false, true]) {
    let after: string | undefined;
    do {
      if (ids.every((id) => owners.has(id))) return place(ids, owners);
      const { results, paging } = await client.send(
        listOwners({ limit: MAX_OWNERS, after, archived }),
        scope,
      );
      for (const owner of results) owners.set(owner.id, toOwner(owner));
      after = results.length === 0 ? undefined : paging?.next?.after;
    } while (after !== undefined);
  }
  return place(ids, owners);
}

export async function readOwners(
  client: HubspotClient,
  page: PageRequest,
  scope: RequestScope,
): Promise<Page<Owner>> {
  const { entries, hasNextPage } = await readListPage(
    (part) => client.send(listOwners(part), scope),
    page,
  );
  return {
    entries: entries.map(({ item, position }) => ({ item: toOwner(item), position })),
    hasNextPage,
  };
}
