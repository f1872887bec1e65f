import { describe, expect, it } from '@jest/globals';
import { ownResources } from '../../../test-resources.ts';
import { createHubspotProvider } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-provider.ts';
import type { CrmProvider } from '../../../../../subgraphs/crm/provider.ts';
import { scopeOf, serve } from '../../../../upstream/loopback.ts';
import { Credential } from '../../../../../upstream/credential.ts';
import {
  expectNotUnderstood,
  outcomeOf,
  invalidLists,
} from '../../../../upstream/invalid-responses.ts';

const NAME = new Set(['name']);

const READS: readonly (readonly [string, string, (provider: CrmProvider) => Promise<unknown>])[] = [
  ['records', 'results', (provider) => provider.customersById(['1'], NAME, scopeOf())],
  [
    'a page',
    'results',
    (provider) => provider.companies({ page: { first: 1 }, counted: false }, NAME, scopeOf()),
  ],
  [
    'a search',
    'results',
    (provider) =>
      provider.deals({ page: { first: 1 }, search: 'a', counted: false }, NAME, scopeOf()),
  ],
  ['links', 'results', async (provider) => (await provider.companyIdsOfDeals(['1'], scopeOf()))[0]],
  ['pipelines', 'results', (provider) => provider.pipelines(scopeOf())],
  ['stages', 'options', (provider) => provider.lifecycleStages(scopeOf())],
  ['types of records', 'results', (provider) => provider.objectTypes(scopeOf())],
  ['owners', 'results', (provider) => provider.ownersById(['1'], scopeOf())],
  ['a page of owners', 'results', (provider) => provider.owners({ first: 1 }, scopeOf())],
];

async function ask(
  text: string,
  read: (provider: CrmProvider) => Promise<unknown>,
): Promise<unknown> {
  await using server = await serve((_request, response) => response.end(text));
  const provider = createHubspotProvider(
    {
      accessToken: new Credential('test'),
      apiVersion: '2026-09',
      baseUrl: server.baseUrl,
      rateLimit: null,
      idempotencyProperty: null,
    },
    { defaultCurrency: 'EUR', referenceProperty: null },
    ownResources(),
  );
  const outcome = await outcomeOf(read(provider));
  await provider.close();
  return outcome;
}

describe.each(READS)(
  'an invalid response to a read of %s is UPSTREAM_CONTRACT and costs little',
  (_what, list, read) => {
    it.each(invalidLists(list))('%s', async (_answer, text) => {
      expectNotUnderstood(await ask(text, read));
    });
  },
);

describe('an invalid part of a response', () => {
  const times = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };
  const entries = Array.from({ length: 100_000 }, (_, index) => index);

  it.each([
    [
      'many wrong properties',
      {
        results: [
          {
            id: '1',
            properties: Object.fromEntries(entries.map((n) => [`p${String(n)}`, n])),
            ...times,
          },
        ],
      },
    ],
    ['properties that are a list', { results: [{ id: '1', properties: [], ...times }] }],
    [
      'a wrong date in each record',
      {
        results: entries
          .slice(0, 900)
          .map(() => ({ id: '1', properties: {}, ...times, createdAt: 'x' })),
      },
    ],
    ['a continuation without end', { results: [], paging: { next: { after: entries } } }],
  ])('that is %s', async (_what, body) => {
    expectNotUnderstood(
      await ask(JSON.stringify(body), (provider) =>
        provider.companies({ page: { first: 1 }, counted: false }, NAME, scopeOf()),
      ),
    );
  });

  it('that is many wrong links', async () => {
    const to = entries.map(() => ({ toObjectId: 1e20 }));
    const text = JSON.stringify({ results: [{ from: { id: '1' }, to }] });
    expectNotUnderstood(
      await ask(text, async (provider) => (await provider.companyIdsOfDeals(['1'], scopeOf()))[0]),
    );
  });

  it('that is optional, the context of an error, is ignored', async () => {
    const text = JSON.stringify({
      results: [],
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: entries } }],
    });
    expect(await ask(text, (provider) => provider.customersById(['1'], NAME, scopeOf()))).toEqual([
      null,
    ]);
  });
});
