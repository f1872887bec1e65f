import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { NO_FEEDS } from '../../../subgraphs/feeds/feed.ts';
import { runConnectCommand } from '../../../gateway/connector-tests/connect-command.ts';
import { type ApiResponse, startApi } from '../../subgraphs/connect/start-api.ts';
import { HEAD } from '../../subgraphs/connect/start-connectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'connect-drift-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SDL = `${HEAD}
  @source(name: "shop", http: { baseURL: "https://shop.example.com/v1" })
type Query {
  orders(limit: Int): [Order!]
    @connect(
      source: "shop"
      http: { GET: "/orders", queryParams: "limit: $args.limit" }
      selection: "$.orders { id: orderNo status total buyer { city? } }"
    )
}
type Order { id: ID! status: Status total: Float buyer: Buyer }
type Buyer { city: String }
enum Status { OPEN SHIPPED }
`;

const ORDER = { orderNo: '1', status: 'OPEN', total: 9.5, buyer: { city: 'Malmö' } };

const SPECIFICATION = {
  openapi: '3.1.0',
  servers: [{ url: 'https://shop.example.com/v1' }],
  paths: {
    '/orders': {
      get: {
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    orders: { type: 'array', items: { $ref: '#/components/schemas/Order' } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Order: {
        allOf: [
          { type: 'object', properties: { orderNo: { type: 'string' } } },
          {
            type: 'object',
            properties: {
              status: { type: 'string', enum: ['OPEN', 'SHIPPED'] },
              total: { type: ['number', 'null'] },
              buyer: { type: 'object', properties: { city: { type: 'string' } } },
            },
          },
        ],
      },
    },
  },
};

const PATH = join(folder, 'shop.connector.yaml');

/** Compares a recording of these orders with what the API responds, and with a specification. */
async function drift({
  recorded = [ORDER],
  live,
  specification,
  sdl = SDL,
}: {
  readonly recorded?: readonly unknown[];
  readonly live?: ApiResponse;
  readonly specification?: unknown;
  readonly sdl?: string;
}) {
  writeFileSync(join(folder, 'shop.graphql'), sdl);
  const test = {
    name: 'orders',
    connector: 'Query.orders',
    apiResponseBody: JSON.stringify({ orders: recorded }),
  };
  writeFileSync(PATH, stringify({ config: { schema: './shop.graphql' }, tests: [test] }));
  await using api = await startApi(() => live);
  writeFileSync(
    join(folder, 'graph.yaml'),
    `version: 1
subgraphs:
  shop: { connectors: ./shop.graphql, sources: { shop: { baseUrl: '${api.url}/v1' } } }
`,
  );
  const specificationPath = join(folder, 'openapi.json');
  writeFileSync(specificationPath, JSON.stringify(specification ?? {}));
  const out: string[] = [];
  const output = {
    write: (line: string) => out.push(line),
    report: (line: string) => out.push(line),
  };
  const code = await runConnectCommand(
    [
      'test',
      '--drift',
      PATH,
      ...(specification === undefined ? [] : ['--openapi', specificationPath]),
      ...(live === undefined ? [] : ['--live', '--graph', join(folder, 'graph.yaml')]),
    ],
    { UPSTREAM_MAX_TRIES: '1', VENDOR_TIMEOUT_MS: '0' },
    output,
    { builtIn: ['crm'], feeds: NO_FEEDS },
  );
  const lines = out.map((line) => line.replaceAll(PATH, 'shop.connector.yaml'));
  return { code, lines, requests: [...api.requests] };
}

const without = (key: keyof typeof ORDER) =>
  Object.fromEntries(Object.entries(ORDER).filter(([name]) => name !== key));

const RECORDING = 'the recording (shop.connector.yaml:4)';

describe('tributary connect test --drift', () => {
  it('says nothing where specification, selection, recording and API agree', async () => {
    const { code, lines, requests } = await drift({
      specification: SPECIFICATION,
      live: { body: { orders: [{ ...ORDER, orderNo: '2' }], more: 1 } },
    });
    expect([code, lines]).toEqual([0, ['0 break, 0 notes']]);
    expect(requests.map(({ path }) => path)).toEqual(['/v1/orders']);
  });

  it.each<[string, Parameters<typeof drift>[0], number, string]>([
    [
      'a field that the recording lacks',
      { recorded: [without('total')] },
      1,
      `BREAKS Query.orders reads orders.total, which ${RECORDING} does not have.`,
    ],
    [
      'a field that the API no longer has',
      { live: { body: { orders: [without('total')] } } },
      1,
      'BREAKS Query.orders reads orders.total, which the API does not have.',
    ],
    [
      'a field that the selection can do without, as a note',
      { live: { body: { orders: [{ ...ORDER, buyer: {} }] } } },
      0,
      'note   Query.orders reads orders.buyer.city, which the API does not have.',
    ],
    [
      'a type that changed',
      { live: { body: { orders: [{ ...ORDER, total: '9.50' }] } } },
      1,
      'BREAKS Query.orders: orders.total is text in the API, but a number in the recording.',
    ],
    [
      'a field that became nullable, as a note',
      { live: { body: { orders: [{ ...ORDER, total: null }] } } },
      0,
      'note   Query.orders: orders.total can be null at the API, but not in the recording.',
    ],
    [
      'a field that some objects lack now, as a note',
      { live: { body: { orders: [ORDER, without('total')] } } },
      0,
      'note   Query.orders: orders.total can be missing at the API, but not in the recording.',
    ],
    [
      'a null that the SDL does not allow',
      { live: { body: { orders: [{ ...ORDER, orderNo: null }] } } },
      1,
      'BREAKS Order.id is null, but its type does not allow it (the API).',
    ],
    [
      'a value that an enum of the SDL lacks',
      { live: { body: { orders: [{ ...ORDER, status: 'RETURNED' }] } } },
      1,
      'BREAKS Order.status is "RETURNED", which Status does not have (the API).',
    ],
    [
      'a status that is another one',
      { live: { status: 404, body: {} } },
      1,
      'BREAKS shop.connector.yaml:4: Query.orders responds with the status 404 in place of 200. Invented variables find nothing: record the test with --keep.',
    ],
    [
      'a field that the specification lacks',
      { specification: SPECIFICATION, sdl: SDL.replace('total buyer', 'total: sum buyer') },
      1,
      'BREAKS Query.orders reads orders.sum, which the specification does not have.',
    ],
    [
      'an operation that the specification lacks',
      { specification: { ...SPECIFICATION, paths: {} } },
      1,
      'BREAKS Query.orders calls GET /orders, which the specification does not have.',
    ],
    [
      'a recorded type that the specification does not have',
      { specification: SPECIFICATION, recorded: [{ ...ORDER, total: '9.5' }] },
      1,
      `BREAKS Query.orders: orders.total is text in ${RECORDING}, but a number in the specification.`,
    ],
    [
      'a recorded value that the specification does not list, as a note',
      { specification: SPECIFICATION, recorded: [{ ...ORDER, status: 'PAID' }] },
      1,
      `note   Query.orders: orders.status is "PAID" in ${RECORDING}, which the specification does not list.`,
    ],
    [
      'a recorded null that the specification does not allow, as a note',
      { specification: SPECIFICATION, recorded: [{ ...ORDER, buyer: { city: null } }] },
      0,
      `note   Query.orders: orders.buyer.city is null in ${RECORDING}, which the specification does not allow.`,
    ],
  ])('reports %s', async (_what, input, code, sentence) => {
    const found = await drift(input);
    expect(found.lines).toContain(sentence);
    expect(found.code).toBe(code);
  });

  it('says nothing of what a specification does not describe, and ends where its schemas refer to each other', async () => {
    const open = structuredClone(SPECIFICATION) as unknown as {
      components: { schemas: Record<string, unknown> };
    };
    open.components.schemas['Order'] = { type: 'object', additionalProperties: true };
    expect(await drift({ specification: open })).toMatchObject({ code: 0 });
    open.components.schemas['Order'] = { $ref: '#/components/schemas/Order' };
    expect(await drift({ specification: open })).toMatchObject({ code: 0 });
    open.components.schemas['Order'] = {
      anyOf: [
        { allOf: [{ $ref: '#/components/schemas/Order' }, { $ref: '#/components/schemas/Order' }] },
      ],
    };
    expect(await drift({ specification: open })).toMatchObject({ code: 0 });
  });

  it.each([
    ['2.0', { swagger: '2.0' }],
    ['none at all', [1]],
  ])('refuses a document of version %s', async (_what, specification) => {
    const { code, lines } = await drift({ specification });
    expect([code, lines]).toEqual([
      1,
      [`${join(folder, 'openapi.json')} must be an OpenAPI document of version 3.`],
    ]);
  });
});
