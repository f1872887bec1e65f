import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startErp } from '../../../../examples/connectors/erp/erp-service.mjs';
import { fuse, readFile } from '../start-connectors.ts';
import { importText } from './import-text.ts';

const { sdl } = importText(readFileSync('examples/connectors/erp/openapi.yaml', 'utf8'), {
  accept: () => true,
});

let erp: Awaited<ReturnType<typeof startErp>>;
let graph: ReturnType<typeof fuse>;
const requests: string[] = [];

beforeAll(async () => {
  erp = await startErp({
    onRequest: (method, url) => {
      requests.push(`${method} ${url}`);
    },
  });
  const auth = { kind: 'header', name: 'authorization', value: 'Bearer erp-example-key' } as const;
  graph = fuse(readFile(sdl, { erp: { baseUrl: erp.url, auth } }));
});
beforeEach(() => {
  requests.length = 0;
});
afterAll(async () => {
  await graph.close();
  await erp.close();
});

const ORDER = '{ orderNo placedOn status total { amount currency } itemNumbers }';

describe('the API of the order system, imported from its OpenAPI document', () => {
  it('reads one order by its number, with its amount as money', async () => {
    expect(await graph.run(`{ order(orderNo: "10042") ${ORDER} }`)).toEqual({
      data: {
        order: {
          orderNo: '10042',
          placedOn: '2026-08-12',
          status: 'SHIPPED',
          total: { amount: '99.00', currency: 'EUR' },
          itemNumbers: ['10042-1', '10042-2'],
        },
      },
    });
    expect(requests).toEqual(['GET /v2/orders/10042']);
  });

  it('reads a list from its envelope', async () => {
    const { data, errors } = await graph.run(`{ orders(customerEmail: "a@example.com") ${ORDER} }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      orders: [
        expect.objectContaining({ orderNo: expect.any(String) }),
        expect.objectContaining({ orderNo: expect.any(String) }),
      ],
    });
    expect(requests).toEqual(['GET /v2/orders?customerEmail=a%40example.com']);
  });

  it('sends the fields of the input, under the names of the API', async () => {
    const { data, errors } = await graph.run(
      'mutation { createOrder(input: { customerEmail: "a@example.com", articles: ["Desk lamp"] }) { status total { amount } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ createOrder: { status: 'OPEN', total: { amount: '49.50' } } });
  });

  it('reads objects of a type with a batch in one call, in the requested order', async () => {
    const { data, errors } = await graph.alone.run(
      '{ _entities(representations: [{ __typename: "Item", itemNumber: "10042-1" }, { __typename: "Item", itemNumber: "10043-1" }]) { ... on Item { itemNumber article } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      _entities: [
        { itemNumber: '10042-1', article: expect.any(String) },
        { itemNumber: '10043-1', article: expect.any(String) },
      ],
    });
    expect(requests).toEqual(['GET /v2/items?numbers=10042-1%2C10043-1']);
  });
});
