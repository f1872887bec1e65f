import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  listRecords,
  searchRecords,
} from '../../../../../subgraphs/crm/providers/hubspot/hubspot-endpoints.ts';
import { explainRefusal } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-refusals.ts';
import {
  toCompany,
  toCustomer,
} from '../../../../../subgraphs/crm/providers/hubspot/hubspot-mapping.ts';
import {
  wireError,
  wireRecord,
  wireRecordBatch,
} from '../../../../../subgraphs/crm/providers/hubspot/hubspot-wire.ts';

interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const file = resolve(process.env['RECORDED_DIR'] ?? '../shared/recorded', 'hubspot.json');
const recorded = await readFile(file, 'utf8').then(
  (text) => JSON.parse(text) as Exchange[],
  () => undefined,
);
if (recorded === undefined)
  console.info(
    `Skipped: no recorded exchanges with HubSpot at ${file}; RECORDED_DIR names another place.`,
  );

const exchanges = (matches: (exchange: Exchange, path: string) => boolean) =>
  (recorded ?? []).filter((exchange) => matches(exchange, new URL(exchange.url).pathname));
const settings = { referenceProperty: null, defaultCurrency: 'USD' };
const query = { limit: 1, properties: ['email'] };

(recorded === undefined ? describe.skip : describe)('recorded exchanges with HubSpot', () => {
  it("HubSpot's recorded lists become customers, and the next page starts one id later", () => {
    const lists = exchanges(
      ({ method }, path) => method === 'GET' && path === '/crm/v3/objects/contacts',
    );
    expect(lists.length).toBeGreaterThan(0);
    for (const { body } of lists) {
      const { results, paging } = listRecords('contacts', query).read(body);
      const last = results.at(-1);
      expect(paging?.next?.after).toBe(String(Number(last?.id) + 1));
      for (const record of results)
        expect(toCustomer(record, settings)).toMatchObject({
          firstName: 'Maria',
          email: 'emailmaria@hubspot.com',
        });
    }
  });

  it("HubSpot's recorded searches continue after the returned number of results", () => {
    const searches = exchanges((_exchange, path) => path.endsWith('/search'));
    expect(searches.length).toBeGreaterThan(0);
    for (const { body } of searches) {
      const { total, results, paging } = searchRecords('contacts', query).read(body);
      expect(paging?.next?.after).toBe(total > results.length ? String(results.length) : undefined);
    }
  });

  it("HubSpot's recorded single contacts and companies have the shape of batch reads", () => {
    const records = exchanges(
      ({ method, status }, path) =>
        method !== 'DELETE' && status < 300 && /\/(contacts|companies)(\/[^/]+)?$/.test(path),
    );
    const single = records.filter(({ body }) => !('results' in (body as object)));
    expect(single.length).toBeGreaterThan(10);
    for (const { url, body } of single) {
      const record = wireRecord.parse(body);
      const item = url.includes('/companies') ? toCompany(record) : toCustomer(record, settings);
      expect(item).toMatchObject({ id: record.id, createdAt: record.createdAt });
    }
  });

  it("HubSpot's recorded batch response is read", () => {
    const batches = exchanges(
      ({ status }, path) => path.endsWith('/batch/create') && status === 201,
    );
    expect(batches.length).toBeGreaterThan(0);
    for (const { body } of batches)
      expect(wireRecordBatch.parse(body).results.length).toBeGreaterThan(0);
  });

  it("each of HubSpot's recorded refusals has its code", () => {
    const refusals = exchanges(({ status }) => status >= 400);
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([403, 404]));
    for (const { status, responseHeaders: headers, body } of refusals) {
      if (status === 404) expect(wireError.safeParse(body).success).toBe(false);
      expect(explainRefusal({ status, headers, body })).toBe(
        status === 403 ? 'UPSTREAM_AUTH' : undefined,
      );
    }
  });
});
