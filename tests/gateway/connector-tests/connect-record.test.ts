import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { NO_FEEDS } from '../../../subgraphs/feeds/feed.ts';
import { runConnectCommand } from '../../../gateway/connector-tests/connect-command.ts';
import { type ApiResponse, startApi } from '../../subgraphs/connect/start-api.ts';
import { HEAD } from '../../subgraphs/connect/start-connectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'connect-record-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SDL = `${HEAD}
  @source(name: "shop", http: { baseURL: "https://shop.example.com/v1" }, errors: { message: "$.error" })
type Query {
  orders(email: String!): [Order!]
    @connect(
      source: "shop"
      http: { GET: "/orders", queryParams: "email: $args.email" }
      selection: "$.orders { id buyer: email total next: $response.headers.'x-next'->first }"
    )
  search(text: String!): [Order!]
    @connect(source: "shop", http: { POST: "/search", body: "text: $args.text" }, selection: "$.orders { id }")
  order(id: ID!): Order
    @connect(source: "shop", http: { GET: "/orders/{$args.id}" }, entity: true, selection: "id total")
}
type Mutation {
  cancel(id: ID!): Order
    @connect(source: "shop", http: { POST: "/orders/{$args.id}/cancel" }, selection: "id")
}
type Order @key(fields: "id") { id: ID! buyer: String total: Float next: String }
`;

const GRAPH = (url: string, auth: string) => `version: 1
subgraphs:
  crm: { builtin: crm }
  shop:
    connectors: ./shop.graphql
    sources: { shop: { baseUrl: ${url}, auth: ${auth} } }
`;

const KEY = 'a-key-of-the-shop';
const OUT = join(folder, 'shop.connector.yaml');

/** Runs `tributary connect <args>` against an API that gives these responses. */
async function run(
  answer: () => ApiResponse,
  args: readonly string[],
  auth = `{ bearer: ${KEY} }`,
) {
  await using api = await startApi(answer);
  writeFileSync(join(folder, 'shop.graphql'), SDL);
  writeFileSync(join(folder, 'graph.yaml'), GRAPH(api.url, auth));
  const out: string[] = [];
  const output = {
    write: (line: string) => out.push(line),
    report: (line: string) => out.push(line),
  };
  const environment = { UPSTREAM_MAX_TRIES: '1', VENDOR_TIMEOUT_MS: '0' };
  const all = [...args, ...(args[0] === 'record' ? ['--graph', join(folder, 'graph.yaml')] : [])];
  const code = await runConnectCommand(all, environment, output, {
    builtIn: ['crm'],
    feeds: NO_FEEDS,
  });
  return { code, lines: out, requests: [...api.requests] };
}

const record = (answer: () => ApiResponse, ...args: readonly string[]) =>
  run(answer, ['record', '--out', OUT, '--force', ...args]);

/** Whether the recording passes. */
const test = () => run(() => undefined, ['test', OUT]);

const ORDERS = {
  orders: Array.from({ length: 8 }, (_, index) => ({
    id: 9007199254740000 + index,
    email: 'Ann.Ek@customer.example',
    total: 12.5,
    card: { card_number: '4242 4242 4242 4242', token: 'tok_1' },
  })),
};

describe('tributary connect record', () => {
  it('writes a test of a call that the source answered, without its credential and personal data, and the test passes', async () => {
    const { code, lines, requests } = await record(
      () => ({
        body: ORDERS,
        headers: {
          'set-cookie': 'sid=abc',
          'x-next': 'p2',
          'x-served-by': 'node-17',
          link: `<https://a.example/?token=${KEY}>`,
        },
      }),
      'Query.orders',
      '--variables',
      '{ "$args": { "email": "ann.ek@customer.example" } }',
    );
    expect([code, lines[0]]).toEqual([0, `${OUT} has 1 test.`]);
    expect(requests).toEqual([
      expect.objectContaining({ path: '/orders?email=ann.ek%40customer.example' }),
    ]);
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(lines).toContain('Replaced: orders.email (e-mail address)');
    const text = readFileSync(OUT, 'utf8');
    expect(text).not.toMatch(/a-key-of-the-shop|ann|sid=|tok_1|4242|node-17/i);
    const order = { id: expect.any(Number), email: 'person1@example.com', total: 12.5 };
    const [written] = parse(text).tests;
    expect(JSON.parse(written.apiResponseBody).orders).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining(order)),
    );
    expect(written).toMatchObject({
      connector: 'Query.orders',
      variables: { $args: { email: 'person1@example.com' } },
      apiResponseHeaders: {
        'content-type': 'application/json',
        'x-next': 'p2',
        link: '<https://a.example/?token=redacted>',
      },
      expect: {
        connectorRequest: {
          method: 'GET',
          url: 'https://shop.example.com/v1/orders?email=person1%40example.com',
        },
      },
    });
    expect(await test()).toMatchObject({ code: 0, requests: [] });
  });

  it('keeps the values that --keep names', async () => {
    await record(
      () => ({ body: ORDERS }),
      'Query.orders',
      '--variables',
      '{ "$args": { "email": "shop@customer.example" } }',
      '--keep',
      'variables.$args.email',
    );
    expect(parse(readFileSync(OUT, 'utf8')).tests[0].variables).toEqual({
      $args: { email: 'shop@customer.example' },
    });
  });

  it('records the responses of errors, whose messages the test expects', async () => {
    const refused = () => ({ status: 422, body: { error: 'No such buyer.' } });
    const { code } = await record(refused, 'Query.search', '--variables', '{"$args":{"text":"a"}}');
    expect(code).toBe(0);
    expect(parse(readFileSync(OUT, 'utf8')).tests[0]).toMatchObject({
      status: 422,
      expect: {
        connectorRequest: { method: 'POST', body: '{"text":"a"}' },
        errors: [{ message: 'No such buyer.' }],
      },
    });
    expect((await test()).code).toBe(0);
    const unknown = () => ({ status: 404, body: { error: 'Gone.' } });
    await record(unknown, 'Query.order', '--variables', '{"$args":{"id":"1"}}');
    expect(parse(readFileSync(OUT, 'utf8')).tests[0].expect.connectorResponse).toBe('null');
    expect((await test()).code).toBe(0);
  });

  it('expects the problems that the selection has with the response', async () => {
    await record(
      () => ({ body: { orders: [{ id: 1 }] } }),
      'Query.search',
      '--variables',
      '{"$args":{"text":"a"}}',
    );
    await record(() => ({ body: { id: 1 } }), 'Query.order', '--variables', '{"$args":{"id":"1"}}');
    expect(parse(readFileSync(OUT, 'utf8')).tests[0].expect.problems).toEqual([
      { message: 'Property "total" not found in object', path: 'total' },
    ]);
    expect((await test()).code).toBe(0);
  });

  it('records the tests of a file again, in its place with --force only', async () => {
    const file = join(folder, 'again.connector.yaml');
    writeFileSync(
      file,
      `config: { schema: ./shop.graphql }
tests:
  - name: two orders
    connector: Query.search
    variables: { $args: { text: lamp } }
`,
    );
    const orders = () => ({ body: { orders: [{ id: 1 }, { id: 2 }] } });
    const refused = await run(orders, ['record', file]);
    expect(refused).toMatchObject({
      code: 1,
      lines: [`${file} is there already. Name another file by --out, or replace it by --force.`],
      requests: [],
    });
    expect((await run(orders, ['record', file, '--force'])).code).toBe(0);
    const { config, tests } = parse(readFileSync(file, 'utf8'));
    expect([config, tests[0].name, JSON.parse(tests[0].expect.connectorResponse)]).toEqual([
      { schema: './shop.graphql' },
      'two orders',
      [{ id: 1 }, { id: 2 }],
    ]);
  });

  it('does not call a mutation, unless --allow-writes says so', async () => {
    const cancel = ['Mutation.cancel', '--variables', '{"$args":{"id":"1"}}'] as const;
    const refused = await record(() => ({ body: { id: '1' } }), ...cancel);
    expect(refused).toMatchObject({
      code: 1,
      lines: [
        'Mutation.cancel is a mutation, which would change something at the API. Allow it by --allow-writes.',
      ],
      requests: [],
    });
    const allowed = await record(() => ({ body: { id: '1' } }), ...cancel, '--allow-writes');
    expect([allowed.code, allowed.requests]).toMatchObject([
      0,
      [{ method: 'POST', path: '/orders/1/cancel' }],
    ]);
  });

  it.each<[string, () => ApiResponse, string]>([
    ['is no JSON', () => ({ body: '<html>' }), 'is no JSON.'],
    [
      'is too large',
      () => ({
        body: {
          orders: Array.from({ length: 5 }, () =>
            Object.fromEntries(Array.from({ length: 5 }, (_, key) => [key, 'x'.repeat(20_000)])),
          ),
        },
      }),
      'more than 200000: ask for less.',
    ],
  ])('writes nothing where the response %s', async (_what, answer, sentence) => {
    rmSync(OUT, { force: true });
    const { code, lines } = await record(
      answer,
      'Query.search',
      '--variables',
      '{"$args":{"text":"a"}}',
    );
    expect([code, lines[0], lines.at(-1)]).toEqual([
      1,
      expect.stringContaining(sentence),
      'Nothing was written.',
    ]);
    expect(existsSync(OUT)).toBe(false);
  });

  it('says why nothing came where no request is made, or the source does not respond', async () => {
    const missing = await record(() => ({ body: {} }), 'Query.order');
    expect(missing).toMatchObject({
      code: 1,
      lines: [
        'Query.order as recorded: No request is made, as something that it needs is null: name its variables.',
        'Nothing was written.',
      ],
      requests: [],
    });
    const broken = await record(
      () => ({ status: 500, body: { error: 'Down.' } }),
      'Query.search',
      '--variables',
      '{"$args":{"text":"a"}}',
    );
    expect(broken.code).toBe(0);
    expect(parse(readFileSync(OUT, 'utf8')).tests[0]).toMatchObject({
      status: 500,
      expect: { errors: [{ message: 'Down.' }] },
    });
  });

  it('has no password of the source in the file', async () => {
    const { code } = await run(
      () => ({ body: { orders: [{ id: 'for u with pa55word' }] } }),
      ['record', '--out', OUT, '--force', 'Query.search', '--variables', '{"$args":{"text":"a"}}'],
      '{ basic: { user: u, password: pa55word } }',
    );
    expect(code).toBe(0);
    expect(readFileSync(OUT, 'utf8')).toContain('for u with redacted');
  });

  it('names what it does not know: a connector, an option, variables that are no JSON', async () => {
    const unknown = await record(() => undefined, 'Query.nothing');
    expect(unknown.lines).toEqual(['Query.nothing is no connector of the graph.yaml.']);
    for (const args of [['Query.order', '--variables', 'id=1'], ['Query.order', '--al'], []]) {
      const { code, lines } = await record(() => undefined, ...args);
      expect([code, lines]).toEqual([
        1,
        [expect.stringMatching(/^Usage: tributary connect record /)],
      ]);
    }
  });
});
