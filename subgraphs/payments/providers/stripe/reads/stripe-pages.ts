import type { z } from 'zod';
import { CodedError } from '../../../../../errors/coded-error.ts';
import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { UpstreamRequest } from '../../../../../upstream/upstream-request.ts';
import { safeParseWire } from '../../../../../upstream/wire.ts';
import type { Page } from '../../../../paging/connection.ts';
import { PAYMENTS } from '../../../service.ts';
import { MAX_PAGE_SIZE, MAX_PAGES } from '../stripe-capabilities.ts';
import { ifMissing } from '../stripe-client.ts';
import type { WirePage } from '../stripe-wire.ts';

/** The list of a record that does not exist is empty. */
export const list = <Item>(
  client: UpstreamClient,
  request: UpstreamRequest<WirePage>,
  read: (body: unknown) => Item,
  scope: RequestScope,
): Promise<Page<Item>> =>
  client.send(request, scope).then((page) => toPage(page, read), ifMissing(EMPTY));

const EMPTY: Page<never> = { entries: [], hasNextPage: false };

/** A list has more items than the maximum. */
export class TooManyItems extends CodedError {
  override readonly name = 'TooManyItems';

  constructor(what: string) {
    super(
      'OPERATION_TOO_COMPLEX',
      `There must be at most ${String(MAX_PAGES * MAX_PAGE_SIZE)} ${what}, but there are more.`,
      { service: PAYMENTS.name },
    );
  }
}

/**
 * Reads a list, or a search, completely: a part of it would be a wrong result.
 * @param requestAfter makes the request for the page after an item's id, or for a search's next page; undefined for the first
 * @param what the items of the list, for the error
 * @throws TooManyItems for a list of more than five pages
 */
export async function readAllPages(
  client: UpstreamClient,
  requestAfter: (after: string | undefined) => UpstreamRequest<WirePage>,
  what: string,
  scope: RequestScope,
): Promise<WirePage['data']> {
  const items: WirePage['data'] = [];
  let after: string | undefined;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    const {
      data,
      has_more: hasMore,
      next_page: next,
    } = await client.send(requestAfter(after), scope);
    items.push(...data);
    if (!hasMore) return items;
    after = next ?? data.at(-1)?.id;
    if (after === undefined) throw new UpstreamError('UPSTREAM_CONTRACT', PAYMENTS);
  }
  throw new TooManyItems(what);
}

/** An unreadable item fails alone. */
const toPage = <Item>({ data, has_more }: WirePage, read: (body: unknown) => Item): Page<Item> => ({
  entries: data.map((body) => ({ item: readOrError(read, body), position: body.id })),
  hasNextPage: has_more,
});

function readOrError<Item>(read: (body: unknown) => Item, body: unknown): Item | Error {
  try {
    return read(body);
  } catch (error) {
    return error instanceof Error ? error : new UpstreamError('UPSTREAM_CONTRACT', PAYMENTS);
  }
}

export function readItem<Wire, Item>(
  schema: z.ZodType<Wire>,
  map: (wire: Wire) => Item,
  body: unknown,
): Item {
  const wire = safeParseWire(schema, body);
  if (!wire.success) throw new UpstreamError('UPSTREAM_CONTRACT', PAYMENTS, { cause: wire.error });
  return map(wire.data);
}
