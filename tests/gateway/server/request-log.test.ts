import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphRequest } from '../../../gateway/operation/graph.ts';
import { serveSchema } from '../serve-schema.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';

const QUERY =
  'query Payers { customers(first: 2) { nodes { name payments(first: 1) { nodes { id } } } } }';

describe.each(['embedded', 'distributed'] as const)('the log of the %s gateway', (mode) => {
  let gateway: TestGateway;
  let seen: number;
  beforeAll(async () => {
    gateway = await startTestGateway({ mode });
  });
  beforeEach(() => {
    gateway.sandbox.stripe.fault = null;
    seen = gateway.log.length;
  });
  afterAll(() => gateway.close());

  /** The lines of the processes, each as an object. */
  const lines = () =>
    gateway.log.slice(seen).map((line) => JSON.parse(line) as Record<string, unknown>);
  const answeredByGateway = () =>
    lines().findLast(({ msg, operation }) => msg === 'answered' && operation === 'Payers');

  it('has a line for each request with its operation, outcome and duration', async () => {
    await gateway.query(QUERY);
    await gateway.query(QUERY);
    const ofGraph = lines().filter(({ operation }) => operation === 'Payers');
    expect(ofGraph).toHaveLength(2);
    for (const line of ofGraph) {
      const sum = { count: expect.any(Number), ms: expect.any(Number) };
      expect(line).toEqual({
        level: 30,
        time: expect.any(Number),
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        method: 'POST',
        route: '/graphql',
        status: 200,
        ms: expect.any(Number),
        caller: 'anonymous',
        operation: 'Payers',
        type: 'query',
        outcome: 'complete',
        calls: { hubspot: sum, stripe: sum },
        msg: 'answered',
      });
    }
  });

  it('has the error codes', async () => {
    gateway.sandbox.stripe.fault = 'garbage';
    await gateway.query(QUERY);
    expect(answeredByGateway()).toMatchObject({ outcome: 'partial', codes: ['UPSTREAM_CONTRACT'] });
  });

  it("has the client's request id in each of its lines, those of services included, and in the response", async () => {
    gateway.sandbox.stripe.fault = 'garbage';
    const { headers } = await gateway.query(QUERY, undefined, { 'x-request-id': 'screen-1.a_B' });
    expect(headers.get('x-request-id')).toBe('screen-1.a_B');
    const messages = lines().map(({ requestId, msg }) => [requestId, msg]);
    expect(messages).toContainEqual(['screen-1.a_B', 'a vendor failed']);
    expect(new Set(messages.map(([id]) => id))).toEqual(new Set(['screen-1.a_B']));
    if (mode === 'distributed')
      expect(messages.filter(([, msg]) => msg === 'answered').length).toBeGreaterThan(2);
  });

  it.each(['with space', 'x'.repeat(65), 'né', 'a@b.example', '"'])(
    'has a generated id if the client sends %s',
    async (id) => {
      const { headers } = await gateway.query('{ __typename }', undefined, { 'x-request-id': id });
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
      expect(lines().map(({ requestId }) => requestId)).toEqual([headers.get('x-request-id')]);
    },
  );

  it('has probes and scrapes only at the level debug', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      await (await fetch(`${gateway.url}${path}`)).text();
    await gateway.query(QUERY);
    const levels = lines().flatMap(({ msg, route, level }) =>
      msg === 'answered' ? [`${String(route)} ${String(level)}`] : [],
    );
    expect(levels).toEqual(
      expect.arrayContaining(['/health/live 20', '/health/ready 20', '/metrics 20', '/graphql 30']),
    );
  });

  it('has at most 64 characters of a name', async () => {
    await gateway.query(`query ${'N'.repeat(70)} { __typename }`);
    expect(lines().map(({ operation }) => operation)).toEqual(['N'.repeat(64)]);
  });
});

describe('the log', () => {
  it('has one line for a request whose client has disconnected', async () => {
    const events = new EventEmitter();
    const started = once(events, 'started');
    const ended = once(events, 'ended');
    const wait = async (
      _root: unknown,
      _arguments: unknown,
      { scope: { signal } }: GraphRequest,
    ) => {
      events.emit('started');
      await once(signal, 'abort');
      events.emit('ended');
    };
    const server = await serveSchema({
      typeDefs: 'type Query { wait: String }',
      resolvers: { Query: { wait } },
    });
    const client = new AbortController();
    const body = JSON.stringify({ query: 'query Gone { wait }' });
    const asked = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: client.signal,
    });
    await started;
    client.abort();
    await expect(asked).rejects.toThrow();
    await ended;
    await server.close();
    const lines = server.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ operation }) => operation === 'Gone');
    expect(lines.map(({ msg, status, outcome }) => [msg, status, outcome])).toEqual([
      ['abandoned', undefined, 'abandoned'],
    ]);
  });
});
