import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startErp } from '../../examples/connectors/erp/erp-service.mjs';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { sendOperation } from './start-gateway.ts';
import { TRACED } from './traced.ts';

const GRAPH = resolve('examples/connectors/erp/graph.yaml');
const API_KEY = 'planted-key-of-the-order-system';

let erp: Awaited<ReturnType<typeof startErp>>;
let environment: Readonly<Record<string, string>>;
let gateway: Program;
let service: Program;
const requests: string[] = [];

beforeAll(async () => {
  erp = await startErp({
    apiKey: API_KEY,
    onRequest: (method, url) => requests.push(`${method} ${url}`),
  });
  environment = { PORT: '0', GRAPH, ERP_URL: erp.url, ERP_API_KEY: API_KEY };
  gateway = startProgram('gateway.js', [], { ...environment, ACCESS: 'open', LOG_LEVEL: 'debug' });
  service = startProgram('subgraph.js', ['erp'], environment);
  await Promise.all([gateway.url, service.url]);
});
beforeEach(() => {
  requests.length = 0;
});
afterAll(async () => {
  await Promise.all([gateway.end(), service.end()]);
  await erp.close();
});

describeBuilt('a gateway with the connectors of the example', () => {
  it('joins orders to customers by e-mail, with a call for each address and one batch of items', async () => {
    const { data, errors, extensions } = await sendOperation(
      await gateway.url,
      { query: '{ customers(first: 10) { nodes { email orders { id items { article } } } } }' },
      TRACED,
    );
    expect(errors).toBeUndefined();
    const nodes = data.customers.nodes as readonly { email: string | null; orders: unknown }[];
    const emails = nodes.flatMap(({ email }) => email ?? []);
    expect(requests.filter((request) => request.includes('/orders'))).toHaveLength(emails.length);
    expect(requests.filter((request) => request.includes('/items'))).toHaveLength(1);
    for (const { email, orders } of nodes)
      expect(orders).toEqual(email === null ? null : expect.any(Array));
    const calls = extensions?.upstream?.filter((call) => call.service === 'erp') ?? [];
    expect(new Set(calls.map(({ vendor, path }) => `${vendor} ${path}`))).toEqual(
      new Set(['erp /orders', 'erp /items']),
    );
  });

  it('creates an order once, and shows the words of a refusal', async () => {
    const query =
      'mutation ($email: String!) { createOrder(customerEmail: $email, articles: ["Desk lamp"]) { id status } }';
    const created = await sendOperation(await gateway.url, {
      query,
      variables: { email: 'a@example.com' },
    });
    expect(created.data.createOrder).toEqual({ id: expect.any(String), status: 'OPEN' });
    const refused = await sendOperation(await gateway.url, {
      query,
      variables: { email: 'nobody' },
    });
    expect(
      refused.errors?.map(({ message, extensions }) => [message, extensions?.['code']]),
    ).toEqual([['customerEmail must be an e-mail address.', 'UPSTREAM_REJECTED']]);
    expect(requests).toEqual(['POST /v2/orders', 'POST /v2/orders']);
  });

  it('writes the key of the source to no log', () => {
    expect(gateway.output()).toContain('erp: connectors to erp');
    expect(gateway.output()).not.toContain(API_KEY);
  });
});

describeBuilt('the connectors of the example as a service of their own', () => {
  it('respond to any gateway: entities by their keys, and SDL without directives of connectors', async () => {
    const url = await service.url;
    const query = `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Customer { orders { id items { article } } } }
      _service { sdl }
    }`;
    const of = ['1', '2', '3'].map((id) => ({
      __typename: 'Customer',
      id,
      email: id === '3' ? null : 'same@example.com',
    }));
    const { data, errors } = await sendOperation(url, { query, variables: { of } });
    expect(errors).toBeUndefined();
    expect(data._entities[0].orders).toHaveLength(2);
    expect(data._entities[1]).toEqual(data._entities[0]);
    expect(data._entities[2]).toEqual({ orders: null });
    expect(requests).toHaveLength(2);
    expect(data._service.sdl).not.toMatch(/@connect|@source/);
  });
});

describeBuilt('tributary compose', () => {
  it('writes a supergraph without the directives of connectors', async () => {
    const out = mkdtempSync(join(tmpdir(), 'compose-connectors-'));
    const program = startProgram(
      'tributary.js',
      ['compose', '--graph', GRAPH, '--out', out],
      environment,
    );
    expect(await program.ended).toBe(0);
    const sdl = readFileSync(join(out, 'supergraph.graphql'), 'utf8');
    rmSync(out, { recursive: true });
    expect(sdl).toMatch(/orders: \[Order!\] @join__field\(graph: ERP/);
    expect(sdl).not.toMatch(/@connect|@source/);
  });
});
