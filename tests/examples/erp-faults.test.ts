import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ErpFault, startErp } from '../../examples/connectors/erp/erp-service.mjs';
import {
  readPolicy,
  type SourcePolicy,
  sourcePolicySchema,
} from '../../subgraphs/connect/source-policy.ts';
import { fuse, readFile } from '../subgraphs/connect/start-connectors.ts';
import { peopleSubgraph } from './people-subgraph.ts';

const SDL = readFileSync('examples/connectors/erp/erp.graphql', 'utf8');
const SECRET = 'planted-secret-of-the-order-system';
const ORDER = '{ order(id: "10007") { id status items { article } } }';
const CREATE =
  'mutation { createOrder(customerEmail: "a@example.com", articles: ["Lamp"]) { id } }';

let erp: Awaited<ReturnType<typeof startErp>>;
let graph: ReturnType<typeof open>;
const requests: string[] = [];
/** The next requests below the base URL get these in place of an answer. */
let faults: (ErpFault | undefined)[];

const open = (policy: Partial<SourcePolicy> = {}) =>
  fuse(
    readFile(SDL, {
      erp: {
        baseUrl: erp.url,
        auth: {
          kind: 'oauth2',
          tokenUrl: erp.tokenUrl,
          clientId: 'tributary',
          clientSecret: SECRET,
          scopes: [],
        },
        retries: 1,
        ...policy,
      },
    }),
    [peopleSubgraph],
  );

beforeEach(async () => {
  faults = [];
  requests.length = 0;
  erp = await startErp({
    clientSecret: SECRET,
    onRequest: (method, url) => {
      requests.push(`${method} ${url.split('?')[0] ?? ''}`);
      return url.startsWith('/v2') ? faults.shift() : undefined;
    },
  });
  graph = open();
});
afterEach(async () => {
  await graph.close();
  await erp.close();
});

const TOKEN = 'POST /oauth/token';
const READ = 'GET /v2/orders/10007';
const codesOf = ({ errors = [] }: Awaited<ReturnType<typeof graph.run>>) =>
  errors.map(({ extensions, path }) => [extensions?.['code'], path]);

describe('the order system of the example', () => {
  it('is called with one token, which is renewed once for all calls after it was revoked', async () => {
    await graph.run(ORDER);
    erp.revokeTokens();
    requests.length = 0;
    const { data, errors } = await graph.run(
      '{ a: order(id: "10007") { id } b: order(id: "10008") { id } c: order(id: "10009") { id } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ a: { id: '10007' }, b: { id: '10008' }, c: { id: '10009' } });
    expect(requests.filter((request) => request === TOKEN)).toHaveLength(1);
    expect(requests).toHaveLength(7);
  });

  it('is read again after 429, when its Retry-After is over', async () => {
    faults = [{ status: 429, headers: { 'retry-after': '0' }, body: {} }];
    const { errors } = await graph.run('{ order(id: "10007") { id } }');
    expect(errors).toBeUndefined();
    expect(requests).toEqual([TOKEN, READ, READ]);
  });

  it.each([
    ['hangs', 'hang', 'UPSTREAM_TIMEOUT', 1],
    ['responds 500', { status: 500, body: {} }, 'UPSTREAM_UNAVAILABLE', 1],
    ['responds 503', { status: 503, body: {} }, 'UPSTREAM_UNAVAILABLE', 2],
    [
      'responds 429',
      { status: 429, headers: { 'retry-after': '0' }, body: {} },
      'UPSTREAM_RATE_LIMITED',
      2,
    ],
    ['breaks connections', 'break', 'UPSTREAM_UNAVAILABLE', 2],
    ['responds no JSON', { status: 200, body: '<html>' }, 'UPSTREAM_CONTRACT', 1],
    ['responds a list', { status: 200, body: [] }, 'UPSTREAM_CONTRACT', 1],
  ] as const)('that %s is a coded error at the field', async (_title, fault, code, calls) => {
    await graph.close();
    graph = open({ timeoutMs: fault === 'hang' ? 100 : 60_000 });
    faults = [fault, fault, fault];
    const result = await graph.run('{ order(id: "10007") { id } }');
    expect(result.data).toEqual({ order: null });
    expect(codesOf(result)).toEqual([[code, ['order']]]);
    expect(requests).toEqual([TOKEN, ...Array.from({ length: calls }, () => READ)]);
  });

  it.each([
    ['breaks the connection after it has written', 'break'],
    ['responds 500', { status: 500, body: {} }],
    ['responds no JSON', { status: 201, body: '<html>' }],
  ] as const)('that %s leaves the outcome of a write unknown', async (_title, fault) => {
    faults = [fault];
    const result = await graph.run(CREATE);
    expect(codesOf(result)).toEqual([['OUTCOME_UNKNOWN', ['createOrder']]]);
    expect(requests).toEqual([TOKEN, 'POST /v2/orders']);
    expect(erp.createdOrders()).toBe(fault === 'break' ? 1 : 0);
  });

  it('creates an order with a renewed token, once', async () => {
    await graph.run(ORDER);
    erp.revokeTokens();
    const { errors } = await graph.run(CREATE);
    expect(errors).toBeUndefined();
    expect(erp.createdOrders()).toBe(1);
  });

  it.each([
    ['breaks the connection after it has written', 'break'],
    ['responds 503', { status: 503, body: {} }],
  ] as const)('that %s creates the order once, by its idempotency key', async (_title, fault) => {
    await graph.close();
    graph = open({ idempotencyKey: { header: 'idempotency-key', rememberedSeconds: undefined } });
    faults = [fault];
    const query =
      'mutation { createOrder(customerEmail: "a@example.com", articles: ["Lamp"], idempotencyKey: "order-0001") { id } }';
    const first = await graph.run(query);
    expect(first.errors).toBeUndefined();
    expect(await graph.run(query)).toEqual(first);
    expect(erp.createdOrders()).toBe(1);
  });

  it('gives all pages of the orders of a customer who has many', async () => {
    await graph.close();
    const pages = sourcePolicySchema.parse({
      pages: {
        'Customer.orders': {
          style: 'cursor',
          parameter: 'cursor',
          next: 'next',
          size: 25,
          sizeParameter: 'limit',
        },
      },
    });
    const { pages: policy } = readPolicy(pages);
    graph = open({ pages: policy });
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { orders { id } } } }`;
    const of = [{ __typename: 'Customer', id: '1', email: 'wholesale@example.com' }];
    const { data, errors } = await graph.alone.run(query, { of });
    expect(errors).toBeUndefined();
    // A cast: the query says what is in it.
    const [customer] = (data as { _entities: readonly { readonly orders: readonly object[] }[] })
      ._entities;
    expect(new Set(customer?.orders.map((order) => JSON.stringify(order))).size).toBe(60);
    expect(requests.filter((request) => request === 'GET /v2/orders')).toHaveLength(3);
  });

  it('that refuses the client names no secret in the error', async () => {
    await graph.close();
    graph = open({
      auth: {
        kind: 'oauth2',
        tokenUrl: erp.tokenUrl,
        clientId: 'tributary',
        clientSecret: 'planted-wrong-secret',
        scopes: [],
      },
    });
    const result = await graph.run(ORDER);
    expect(codesOf(result)).toEqual([['UPSTREAM_AUTH', ['order']]]);
    expect(JSON.stringify(result)).not.toContain('planted');
  });

  it('gets no more calls per second than it allows, and none during its pause', async () => {
    await graph.close();
    await erp.close();
    erp = await startErp({
      clientSecret: SECRET,
      requestsPerSecond: 2,
      onRequest: (method, url) => requests.push(`${method} ${url}`),
    });
    graph = open({ rate: { limit: 2, windowMs: 1000 }, retries: 3 });
    const ids = ['10007', '10008', '10009', '10010'];
    const fields = ids.map((id) => `o${id}: order(id: "${id}") { id }`).join(' ');
    const { data, errors } = await graph.run(`{ ${fields} }`);
    expect(errors).toBeUndefined();
    expect(Object.keys(data ?? {})).toHaveLength(4);
  });
});
