import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startErp } from '../../examples/connectors/erp/erp-service.mjs';
import { fuse, readFile } from '../subgraphs/connect/start-connectors.ts';
import { peopleSubgraph } from './people-subgraph.ts';

const SDL = readFileSync('examples/connectors/erp/erp.graphql', 'utf8');

let erp: Awaited<ReturnType<typeof startErp>>;
let graph: ReturnType<typeof fuse>;
const requests: string[] = [];

beforeAll(async () => {
  erp = await startErp({ onRequest: (method, url) => requests.push(`${method} ${url}`) });
  const auth = { kind: 'header', name: 'authorization', value: 'Bearer erp-example-key' } as const;
  graph = fuse(readFile(SDL, { erp: { baseUrl: erp.url, auth } }), [peopleSubgraph]);
});
beforeEach(() => {
  requests.length = 0;
});
afterAll(async () => {
  await graph.close();
  await erp.close();
});

interface FoundPerson {
  readonly orders: readonly { readonly items: readonly { readonly number: string }[] }[] | null;
}

const callsTo = (path: string) => requests.filter((request) => request.includes(path));

describe('the order system of the example', () => {
  it('gets one request for the orders of each distinct e-mail address, and items in batches of fifty', async () => {
    const { data, errors } = await graph.run(
      '{ people { email orders { id placedOn status total { amount currency } items { number article quantity } } } }',
    );
    expect(errors).toBeUndefined();
    expect(callsTo('/v2/orders')).toHaveLength(14);
    const numbers = callsTo('/v2/items').map(
      (request) => decodeURIComponent(request).split(',').length,
    );
    // A cast: the query says what is in it.
    const { people: found } = data as { people: readonly FoundPerson[] };
    const distinct = new Set(
      found.flatMap(({ orders }) =>
        (orders ?? []).flatMap(({ items }) => items.map(({ number }) => number)),
      ),
    );
    expect(numbers).toEqual([50, distinct.size - 50]);
    expect(found[0]).toMatchObject({
      email: 'person0@example.com',
      orders: expect.arrayContaining([
        {
          id: expect.stringMatching(/^\d{5,6}$/),
          placedOn: expect.stringMatching(/^2026-/),
          status: expect.any(String),
          total: { amount: expect.stringMatching(/\.\d\d$/), currency: 'EUR' },
          items: expect.arrayContaining([
            {
              number: expect.any(String),
              article: expect.any(String),
              quantity: expect.any(Number),
            },
          ]),
        },
      ]),
    });
    expect(found[20]).toEqual({ email: null, orders: null });
  });

  it("is asked as often by Apollo's gateway over the same subgraphs, which gets the same", async () => {
    const query = '{ people { email orders { id total { amount } items { number article } } } }';
    const fused = await graph.run(query);
    const calls = requests.splice(0).sort();
    const apollo = await graph.apollo();
    expect(await apollo.run(query)).toEqual(fused);
    expect(requests.sort()).toEqual(calls);
  });
});
