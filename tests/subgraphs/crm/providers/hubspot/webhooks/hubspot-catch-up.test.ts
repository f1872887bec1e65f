import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '../../../../../../events/change.ts';
import { createHubspotProvider } from '../../../../../../subgraphs/crm/providers/hubspot/hubspot-provider.ts';
import { Credential } from '../../../../../../upstream/credential.ts';
import { scopeOf, serve } from '../../../../../upstream/loopback.ts';
import { testResources } from '../../../../test-resources.ts';

interface StoredRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The part of a search that catching up uses. */
interface Search {
  readonly limit: number;
  readonly after?: string;
  readonly filterGroups: readonly [
    {
      readonly filters: readonly {
        readonly propertyName: string;
        readonly operator: 'EQ' | 'GT' | 'GTE';
        readonly value: string;
      }[];
    },
  ];
  readonly sorts: readonly [{ readonly propertyName: string }];
}

/** HubSpot refuses to go beyond. */
const REACH = 10_000;

const ID = 'hs_object_id';
const valueOf = ({ id, updatedAt }: StoredRecord, property: string) =>
  property === ID ? Number(id) : updatedAt;
const MATCHES = {
  EQ: (one: number, other: number) => one === other,
  GT: (one: number, other: number) => one > other,
  GTE: (one: number, other: number) => one >= other,
};

/**
 * @param onSearch is called after each search
 * @param forbidden are the types that the key may not read
 */
async function catchUp(
  records: Readonly<Record<string, readonly StoredRecord[]>>,
  since: number,
  onSearch: () => void = () => undefined,
  forbidden: readonly string[] = [],
) {
  const searches: { readonly path: string; readonly modified: string; readonly from: number }[] =
    [];
  await using server = await serve((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('/').at(-2) ?? '';
    response.setHeader('content-type', 'application/json');
    if (forbidden.includes(path)) {
      response.writeHead(403).end('{"status":"error","category":"MISSING_SCOPES","message":"No."}');
      return;
    }
    // A cast: the adapter sends it.
    const search = (await json(request)) as Search;
    const [{ filters }] = search.filterGroups;
    const [{ propertyName: sortedBy }] = search.sorts;
    const begin = Number(search.after ?? 0);
    if (begin + search.limit > REACH)
      throw new Error('HubSpot finds ten thousand records at most.');
    const [first] = filters;
    if (first !== undefined)
      searches.push({ path, modified: first.propertyName, from: Number(first.value) });
    const found = (records[path] ?? [])
      .filter((one) =>
        filters.every(({ propertyName, operator, value }) =>
          MATCHES[operator](valueOf(one, propertyName), Number(value)),
        ),
      )
      .toSorted((one, other) => valueOf(one, sortedBy) - valueOf(other, sortedBy));
    const end = begin + search.limit;
    response.end(
      JSON.stringify({
        total: found.length,
        results: found.slice(begin, end).map(({ id, createdAt, updatedAt }) => ({
          id,
          properties: {},
          createdAt: new Date(createdAt).toISOString(),
          updatedAt: new Date(updatedAt).toISOString(),
          archived: false,
        })),
        ...(found.length > end && { paging: { next: { after: String(end) } } }),
      }),
    );
    onSearch();
  }
  const provider = createHubspotProvider(
    {
      accessToken: new Credential('test'),
      apiVersion: '2026-09',
      baseUrl: server.baseUrl,
      rateLimit: null,
      idempotencyProperty: null,
    },
    { defaultCurrency: 'EUR', referenceProperty: null },
    testResources({}),
  );
  const events: NewEvent[] = [];
  for await (const page of provider.events?.catchUp(since, scopeOf()) ?? []) events.push(...page);
  await provider.close();
  return { events, searches };
}

const record = (id: string, createdAt: number, updatedAt: number) => ({ id, createdAt, updatedAt });

describe('catching up with HubSpot', () => {
  it('finds the records that have changed since a time, oldest first', async () => {
    const { events, searches } = await catchUp(
      {
        contacts: [record('2', 5000, 6000), record('1', 100, 5500), record('0', 100, 200)],
        companies: [record('3', 100, 7000)],
        deals: [record('4', 100, 5000)],
      },
      5000,
    );
    expect(searches).toEqual([
      { path: 'contacts', modified: 'lastmodifieddate', from: 5000 },
      { path: 'companies', modified: 'hs_lastmodifieddate', from: 5000 },
      { path: 'deals', modified: 'hs_lastmodifieddate', from: 5000 },
    ]);
    expect(
      events.flatMap(({ changes }) =>
        changes.map(({ type, id, kind, at, source }) => [type, id, kind, at, source]),
      ),
    ).toEqual([
      ['Customer', '1', 'UPDATED', 5500, 'catch-up'],
      ['Customer', '2', 'CREATED', 5000, 'catch-up'],
      ['Customer', '2', 'UPDATED', 6000, 'catch-up'],
      ['Company', '3', 'UPDATED', 7000, 'catch-up'],
      ['Deal', '4', 'UPDATED', 5000, 'catch-up'],
    ]);
  });

  it('leaves out the types that the key may not read', async () => {
    const records = { contacts: [record('1', 100, 1100)], deals: [record('2', 100, 1200)] };
    const { events } = await catchUp(records, 1000, undefined, ['contacts', 'companies']);

    expect(events.flatMap(({ changes }) => changes.map(({ type, id }) => type + id))).toEqual([
      'Deal2',
    ]);
  });

  it('fails if the permission to read a type is removed while it is read', async () => {
    const contacts = Array.from({ length: 300 }, (_, index) =>
      record(String(index), 100, 1100 + index),
    );
    const forbidden: string[] = [];
    const read = catchUp({ contacts }, 1000, () => forbidden.push('contacts'), forbidden);

    await expect(read).rejects.toMatchObject({ code: 'UPSTREAM_AUTH' });
  });

  it('fails if the key may read none of them', async () => {
    await expect(
      catchUp({}, 1000, undefined, ['contacts', 'companies', 'deals']),
    ).rejects.toMatchObject({ code: 'UPSTREAM_AUTH' });
  });

  it('gives the same state of a record the same key', async () => {
    const first = await catchUp({ deals: [record('4', 100, 5000)] }, 1000);
    const again = await catchUp({ deals: [record('4', 100, 5000)] }, 5000);
    const changed = await catchUp({ deals: [record('4', 100, 5001)] }, 5000);
    expect(again.events[0]?.key).toBe(first.events[0]?.key);
    expect(changed.events[0]?.key).not.toBe(first.events[0]?.key);
  });

  it('gives the creation of a record one key, however the record changes afterwards', async () => {
    const created = await catchUp({ deals: [record('4', 1500, 1500)] }, 1000);
    const changed = await catchUp({ deals: [record('4', 1500, 1600)] }, 1000);
    const kindsOf = (events: readonly NewEvent[]) =>
      events.flatMap(({ changes }) => changes.map(({ kind }) => kind));

    expect(kindsOf(created.events)).toEqual(['CREATED']);
    expect(kindsOf(changed.events)).toEqual(['CREATED', 'UPDATED']);
    expect(changed.events[0]?.key).toBe(created.events[0]?.key);
  });

  it('goes beyond what one search reaches', async () => {
    const contacts = Array.from({ length: 25_000 }, (_, index) =>
      record(String(index + 1), 100, 1000 + Math.floor(index / 100)),
    );
    const { events, searches } = await catchUp({ contacts }, 1000);
    expect(new Set(events.map(({ key }) => key)).size).toBe(25_000);
    expect(searches.map(({ from }) => from).slice(0, 3)).toEqual([1000, 1001, 1002]);
  });

  it('finds all records of an import that changed more than a search reaches at once', async () => {
    const contacts = Array.from({ length: 10_050 }, (_, index) =>
      record(String(index + 1), 1, 1000),
    );
    const { events } = await catchUp({ contacts: [...contacts, record('20000', 1, 2000)] }, 1000);
    const ids = events.flatMap(({ changes }) => changes.map(({ id }) => id));
    expect(new Set(ids).size).toBe(10_051);
  });

  it('skips no record where others change while it reads', async () => {
    const contacts = Array.from({ length: 900 }, (_, index) =>
      record(String(index + 1), 1, 1000 + index),
    );
    let changed = 0;
    const { events } = await catchUp({ contacts }, 1000, () => {
      // The first ones move to the end, and all others move up.
      for (let count = 0; count < 3 && changed < 12; count += 1, changed += 1)
        contacts[changed] = record(String(changed + 1), 1, 5000 + changed);
    });
    const ids = new Set(events.flatMap(({ changes }) => changes.map(({ id }) => id)));
    expect(ids.size).toBe(900);
  });
});
