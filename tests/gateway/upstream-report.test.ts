import { afterEach, describe, expect, it } from '@jest/globals';
import type { GraphRequest } from '../../gateway/operation/graph.ts';
import { type ServedSchema, serveSchema } from './serve-schema.ts';
import { sendOperation } from './start-gateway.ts';
import { TRACED } from './traced.ts';

const CALL = {
  service: 'crm',
  vendor: 'hubspot',
  method: 'GET',
  path: '/crm/{id}',
  status: 200,
  startMs: 1,
  ms: 2,
  batchSize: null,
} as const;

const PROBLEM = {
  service: 'erp',
  vendor: 'erp',
  connector: 'Query.orders',
  mapping: 'selection',
  kind: 'no_match',
  line: 1,
  column: 5,
  path: 'orders.status',
  count: 2,
} as const;

let server: ServedSchema | undefined;
afterEach(() => server?.close());

async function askServer(
  environment: Record<string, string>,
  headers: Record<string, string>,
  record: (request: GraphRequest) => void = ({ scope }) => {
    scope.trace.record(CALL);
  },
) {
  const call = (_root: unknown, _arguments: unknown, request: GraphRequest) => {
    record(request);
  };
  server = await serveSchema({
    typeDefs: 'type Query { call: String }',
    resolvers: { Query: { call } },
    environment,
  });
  const { headers: received, extensions } = await sendOperation(
    server.url,
    { query: '{ a: call b: call }' },
    headers,
  );
  return { count: received.get('x-tributary-upstream-calls'), extensions };
}

describe('the problems of mappings', () => {
  const environmentOf = (environment: Record<string, string>) =>
    askServer(environment, TRACED, ({ scope }) => {
      scope.trace.recordMappingProblem(PROBLEM);
    });

  it('are listed beside the calls, each place once with how often', async () => {
    const { extensions } = await environmentOf({});
    expect(extensions).toEqual({ upstream: [], mappingProblems: [{ ...PROBLEM, count: 4 }] });
  });

  it('stay unknown in production', async () => {
    expect((await environmentOf({ NODE_ENV: 'production' })).extensions).toBeUndefined();
  });
});

describe('the calls made for a request', () => {
  it('are counted in a header', async () => {
    expect(await askServer({}, {})).toEqual({ count: '2', extensions: undefined });
  });

  it('are listed on request', async () => {
    expect(await askServer({}, TRACED)).toEqual({
      count: '2',
      extensions: { upstream: [CALL, CALL] },
    });
  });

  it('stay unknown in production', async () => {
    expect(await askServer({ NODE_ENV: 'production' }, TRACED)).toEqual({
      count: null,
      extensions: undefined,
    });
  });
});
