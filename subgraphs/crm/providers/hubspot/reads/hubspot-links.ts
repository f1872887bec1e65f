import { CodedError } from '../../../../../errors/coded-error.ts';
import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { Page } from '../../../../paging/connection.ts';
import type { FoundRecords, LinkedRequest } from '../../../provider.ts';
import { isPrimaryCompanyOfDeal, readLinks, type ObjectType } from '../hubspot-endpoints.ts';
import { positionInPage, readPosition, type Position } from './hubspot-position.ts';
import { asError, readByIds } from './hubspot-batches.ts';
import type { WireAssociationType, WireLinks } from '../hubspot-wire.ts';
import { CRM } from '../../../service.ts';

export interface LinkTypes {
  readonly from: ObjectType;
  readonly to: ObjectType;
}

/** Pages of ids of linked records. One page of HubSpot usually contains all links of a record. */
export async function readLinkedIds(
  client: HubspotClient,
  types: LinkTypes,
  requests: readonly LinkedRequest[],
  scope: RequestScope,
): Promise<(Page<string> | Error)[]> {
  const ranges = requests.map(toRange);
  const readable = ranges.flatMap((range) => (range instanceof Error ? [] : [range]));
  const pages = (await readRanges(client, types, readable, scope)).values();
  return ranges.map((range) =>
    range instanceof Error ? range : (pages.next().value ?? NO_RESPONSE),
  );
}

/** The company of each deal: the primary one if there is one. */
export async function readCompanyIdsOfDeals(
  client: HubspotClient,
  dealIds: readonly string[],
  scope: RequestScope,
): Promise<FoundRecords<string>> {
  const inputs = dealIds.map((id) => ({ id, token: '' }));
  const links = await readWireLinks(client, { from: 'deals', to: 'companies' }, inputs, scope);
  return links.map((link) => {
    if (link === null || link instanceof Error) return link;
    const primary = link.to.find(({ associationTypes }) =>
      associationTypes?.some(isPrimaryCompanyOfDeal),
    );
    return (primary ?? link.to[0])?.toObjectId ?? null;
  });
}

/**
 * The association types between two records.
 * @returns null if the link is not on the first page of the record's links
 */
export async function readLinkTypes(
  client: HubspotClient,
  { id, toId, ...types }: LinkTypes & { readonly id: string; readonly toId: string },
  scope: RequestScope,
): Promise<readonly WireAssociationType[] | null> {
  const [links] = await readWireLinks(client, types, [{ id, token: '' }], scope);
  if (links instanceof Error) throw links;
  const link = links?.to.find(({ toObjectId }) => toObjectId === toId);
  if (link === undefined) return links?.paging?.next === undefined ? [] : null;
  return link.associationTypes ?? [];
}

/** The range to read of one record's links. */
interface LinkRange extends Position {
  readonly id: string;
  readonly first: number;
}

function toRange({ id, page: { first, after } }: LinkedRequest): LinkRange | Error {
  try {
    return { id, first, ...readPosition(after) };
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

async function readRanges(
  client: HubspotClient,
  types: LinkTypes,
  ranges: readonly LinkRange[],
  scope: RequestScope,
): Promise<(Page<string> | Error)[]> {
  if (ranges.length === 0) return [];
  const links = await readWireLinks(client, types, ranges, scope);
  const read = ranges.map((range, index) => toPage(range, links[index] ?? null));
  const unfinished = read.flatMap((page) =>
    page instanceof Error || page.rest === undefined ? [] : [page.rest],
  );
  const continued = (await readRanges(client, types, unfinished, scope)).values();
  return read.map((page) => {
    if (page instanceof Error) return page;
    const { rest, ...first } = page;
    const more = rest === undefined ? undefined : (continued.next().value ?? NO_RESPONSE);
    if (more === undefined || more instanceof Error) return more ?? first;
    return { entries: [...first.entries, ...more.entries], hasNextPage: more.hasNextPage };
  });
}

/** Never used: every request has a response, which the compiler cannot know. */
const NO_RESPONSE = new UpstreamError('UPSTREAM_CONTRACT', CRM);

function toPage(
  { id, token, skip, first }: LinkRange,
  links: WireLinks | Error | null,
): (Page<string> & { readonly rest?: LinkRange }) | Error {
  if (links instanceof Error) return links;
  const ids = links?.to.map(({ toObjectId }) => toObjectId) ?? [];
  const next = links?.paging?.next?.after;
  const entries = ids.slice(skip, skip + first).map((item, index) => ({
    item,
    position: positionInPage({ token, next, size: ids.length }, skip + index),
  }));
  const missing = first - entries.length;
  return {
    entries,
    hasNextPage: next !== undefined || skip + first < ids.length,
    ...(token === '' && next === undefined && { totalCount: ids.length }),
    // Following an empty page with a next page could loop forever.
    ...(next !== undefined &&
      missing > 0 &&
      ids.length > 0 && { rest: { id, token: next, skip: 0, first: missing } }),
  };
}

/** A batch can contain a record once, so requests with different tokens are in separate batches. */
async function readWireLinks(
  client: HubspotClient,
  { from, to }: LinkTypes,
  inputs: readonly { readonly id: string; readonly token: string }[],
  scope: RequestScope,
): Promise<FoundRecords<WireLinks>> {
  const tokens = [...new Set(inputs.map(({ token }) => token))];
  const batches = await Promise.all(
    tokens.map(async (token) => {
      const ids = [
        ...new Set(inputs.flatMap((input) => (input.token === token ? [input.id] : []))),
      ];
      const found = await readBatch(client, { from, to, ids, token }, scope).catch(
        (error: unknown) => ids.map(() => asError(error)),
      );
      return [token, new Map(ids.map((id, index) => [id, found[index] ?? null]))] as const;
    }),
  );
  const byToken = new Map(batches);
  return inputs.map(({ id, token }) => byToken.get(token)?.get(id) ?? null);
}

async function readBatch(
  client: HubspotClient,
  { from, to, ids, token }: LinkTypes & { readonly ids: readonly string[]; readonly token: string },
  scope: RequestScope,
): Promise<FoundRecords<WireLinks>> {
  return readByIds(
    ids,
    (some) => {
      const inputs = some.map((id) => (token === '' ? { id } : { id, after: token }));
      return client.send(readLinks(from, to, inputs), scope);
    },
    (links) => [links.from.id],
  );
}
