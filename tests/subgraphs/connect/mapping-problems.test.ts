import { describe, expect, it } from '@jest/globals';
import { createCallTrace, type RequestScope } from '../../../request/request-scope.ts';
import type { MappingProblemRecord } from '../../../request/request-scope.ts';
import { NO_MONITOR } from '../../../upstream/upstream-monitor.ts';
import { type ApiRequest, type ApiResponse, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

interface Reported {
  readonly trace: readonly MappingProblemRecord[];
  readonly counted: readonly MappingProblemRecord[];
  readonly requests: readonly ApiRequest[];
  readonly result: unknown;
}

/** Runs a query over connectors to an API. */
async function run(
  sdl: string,
  query: string,
  answer: (request: ApiRequest) => ApiResponse,
  variables: Record<string, unknown> = {},
): Promise<Reported> {
  await using api = await startApi(answer);
  const counted: MappingProblemRecord[] = [];
  const monitor = {
    ...NO_MONITOR,
    mappingFailed: (one: MappingProblemRecord) => counted.push(one),
  };
  const file = readFile(
    `${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" })\n${sdl}`,
    {},
  );
  const graph = fuse(file, [], {}, { monitor });
  const scope: RequestScope = {
    signal: new AbortController().signal,
    trace: createCallTrace(),
  };
  const result = await graph.run(query, variables, { scope });
  await graph.close();
  return { trace: scope.trace.mappingProblems, counted, requests: api.requests, result };
}

const ORDERS = `
  type Order { id: ID total: String state: String }
  type Query { orders: [Order!] @connect(source: "erp", http: { GET: "/orders" }, selection: """
    $.orders {
      id
      total: amounts.total
      state: status->match(["o", "OPEN"])
    }
  """) }
`;

describe('problems of the mappings of a connector', () => {
  it('are in the trace with connector, position and kind, each position once with a count, and in the metrics', async () => {
    const orders = [
      { id: 1, amounts: { total: 'secret-1' }, status: 'o' },
      { id: 2, amounts: {}, status: 'secret-2' },
      { id: 3, amounts: {}, status: 'secret-3' },
    ];
    const { trace, counted } = await run(ORDERS, '{ orders { id } }', () => ({ body: { orders } }));
    const of = { service: 'erp', vendor: 'erp', connector: 'Query.orders', mapping: 'selection' };
    expect(trace).toEqual([
      {
        ...of,
        kind: 'missing_property',
        line: 3,
        column: 18,
        path: 'orders.amounts.total',
        count: 2,
      },
      { ...of, kind: 'no_match', line: 4, column: 18, path: 'orders.status', count: 2 },
    ]);
    expect(counted).toEqual(trace);
    expect(JSON.stringify(trace)).not.toContain('secret');
  });

  it.each([
    ['http.GET', 'no_match', `GET: "/a/{$args.id->match(['x', 'y'], [null, null])}"`],
    ['http.queryParams', 'no_match', `GET: "/a", queryParams: "q: $args.id->match(['x', 'y'])"`],
    [
      'http.headers',
      'method',
      `GET: "/a", headers: [{ name: "x-a", value: "{$args.id->add(1)}" }]`,
    ],
    ['http.body', 'no_match', `POST: "/a", body: "q: $args.id->match(['x', 'y'])"`],
  ])('are reported for %s too', async (mapping, kind, http) => {
    const sdl = `type Query { a(id: ID): String @connect(source: "erp", http: { ${http} }, selection: "$.a") }`;
    const { trace } = await run(
      sdl,
      'query ($id: ID) { a(id: $id) }',
      () => ({ body: { a: 'x' } }),
      { id: 'secret' },
    );
    expect(trace.map((one) => [one.connector, one.mapping, one.kind])).toEqual([
      ['Query.a', mapping, kind],
    ]);
    expect(JSON.stringify(trace)).not.toContain('secret');
  });

  it.each([
    [200, 'isSuccess', 'isSuccess: "$(ok->eq(true))"'],
    [500, 'errors.message', 'errors: { message: "$.error.message" }'],
  ])('of a response with the status %s are reported for %s too', async (status, mapping, rule) => {
    const sdl = `type Query { a: String @connect(source: "erp", http: { POST: "/a" }, ${rule}, selection: "$.a") }`;
    const { trace } = await run(sdl, '{ a }', () => ({ status, body: { a: 'secret' } }));
    expect(trace.map((one) => [one.mapping, one.kind])).toEqual([[mapping, 'missing_property']]);
  });

  it('do not arise for an absent argument, and for a call that is not made', async () => {
    const sdl = `
      input Filter { name: String }
      type Order { id: ID ownerId: ID owner: String @connect(source: "erp", http: { GET: "/owners/{$this.ownerId}" }, selection: "$.name") }
      type Query {
        orders(page: Int, filter: Filter): [Order!] @connect(source: "erp", http: { GET: "/orders", queryParams: """
          page: $args.page
          $args.filter { name }
          tag: $request.headers.'x-tag'->first
        """ }, selection: "id ownerId")
      }
    `;
    const { trace, requests } = await run(sdl, '{ orders(filter: {}) { owner } }', () => ({
      body: [{ id: 1, ownerId: null }],
    }));
    expect(requests).toHaveLength(1);
    expect(trace).toEqual([]);
  });

  it('are counted once for calls that share one', async () => {
    const { trace } = await run(ORDERS, '{ a: orders { id } b: orders { id } }', () => ({
      body: { orders: [{ id: 1, status: 'o' }] },
    }));
    expect(trace.map(({ count }) => count)).toEqual([1]);
  });
});
