import { describe, expect, it } from '@jest/globals';
import { createCallTrace } from '../../../request/request-scope.ts';
import type { OutsideVariables } from '../../../subgraphs/connect/connector-file.ts';
import { readConnectors } from '../../../subgraphs/connect/read-connectors.ts';
import { DEFAULT_POLICY, type SourcePolicy } from '../../../subgraphs/connect/source-policy.ts';
import { type ApiRequest, type ApiResponse, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

const OUTSIDE: OutsideVariables = { env: { REGION: 'eu' }, claims: ['tenant', 'https://a/role'] };
const POLICY: Partial<SourcePolicy> = { config: { account: 7, limits: { page: 50 }, tags: ['a'] } };

async function start(
  sdl: string,
  answer: (request: ApiRequest) => ApiResponse,
  source = '',
  policy = POLICY,
) {
  const api = await startApi(answer);
  const file = readFile(
    `${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" ${source} })\n${sdl}`,
    { erp: policy },
    OUTSIDE,
  );
  const graph = fuse(file);
  return {
    requests: api.requests,
    /** @param claims are of the caller's token */
    run: (query: string, claims: Record<string, unknown> = {}, variables = {}) => {
      const scope = { signal: new AbortController().signal, trace: createCallTrace(), claims };
      return graph.run(query, variables, { scope });
    },
    [Symbol.asyncDispose]: async () => {
      await graph.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

describe('the variables of a graph.yaml', () => {
  const sdl = `
    type Result { account: Int region: String tenant: String role: String page: Int }
    type Query { a: Result @connect(source: "erp", http: {
      POST: "/{$config.account}/{$env.REGION}?tenant={$context.claims.tenant}"
      headers: [{ name: "x-region", value: "{$env.REGION}-{$config.tags->first}" }]
      body: "account: $config.account role: $context.claims.'https://a/role'"
    }, selection: """
      account: $config.account region: $env.REGION page: $config.limits.page
      tenant: $context.claims.tenant role: $context.claims.'https://a/role'
    """) }
  `;

  it('are in requests and selections: $config, $env and claims of the caller', async () => {
    await using started = await start(sdl, () => ({ body: {} }), 'queryParams: "r: $env.REGION"');
    const { data, errors } = await started.run('{ a { account region page tenant role } }', {
      tenant: 'north',
      'https://a/role': 'admin',
      secret: 'x',
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      a: { account: 7, region: 'eu', page: 50, tenant: 'north', role: 'admin' },
    });
    expect(
      started.requests.map(({ path, headers, body }) => [path, headers['x-region'], body]),
    ).toEqual([['/7/eu?r=eu&tenant=north', 'eu-a', '{"account":7,"role":"admin"}']]);
  });

  it('are absent for a claim that the caller does not have', async () => {
    await using started = await start(sdl, () => ({ body: {} }));
    const { data } = await started.run('{ a { tenant role } }');
    expect(data).toEqual({ a: null });
    expect(started.requests).toEqual([]);
  });

  it('are in isSuccess and errors, as arguments are', async () => {
    const rules = `
      type Query { a(id: ID!): String @connect(source: "erp", http: { GET: "/a" },
        isSuccess: "$(owner->eq($context.claims.tenant))",
        errors: { message: "$([$env.REGION, $args.id])->joinNotNull(' ')", extensions: "account: $config.account" },
        selection: "$.name") }
    `;
    await using started = await start(rules, () => ({ body: { owner: 'south', name: 'n' } }));
    const { errors } = await started.run('{ a(id: 5) }', { tenant: 'north' });
    expect(errors?.map(({ message, extensions }) => [message, extensions?.['account']])).toEqual([
      ['eu 5', 7],
    ]);
  });
});

describe('calls of callers with different claims', () => {
  it('are made for each caller if isSuccess depends on the caller', async () => {
    const sdl = `type Query { a: String @connect(source: "erp", http: { GET: "/a" }, isSuccess: "$(owner->eq($context.claims.tenant))", selection: "$.name") }`;
    await using started = await start(sdl, () => ({ body: { owner: 'south', name: 'n' } }));
    const [north, south] = await Promise.all(
      ['north', 'south'].map((tenant) => started.run('{ a }', { tenant })),
    );
    expect(north?.errors).toHaveLength(1);
    expect(south).toEqual({ data: { a: 'n' } });
    expect(started.requests).toHaveLength(2);
  });

  it.each([
    ['the path', 'GET: "/a/{$context.claims.tenant}"'],
    ['a query parameter', 'GET: "/a", queryParams: "t: $context.claims.tenant"'],
    ['a header', 'GET: "/a", headers: [{ name: "x-t", value: "{$context.claims.tenant}" }]'],
  ])('are made for each caller if %s depends on the caller', async (_title, http) => {
    const sdl = `type Query { a: String @connect(source: "erp", http: { ${http} }, selection: "$.tenant") }`;
    await using started = await start(sdl, ({ path, headers }) => ({
      body: { tenant: headers['x-t'] ?? path.slice(-5) },
    }));
    const answers = await Promise.all(
      ['north', 'south'].map((tenant) => started.run('{ a }', { tenant })),
    );
    expect(answers).toEqual([{ data: { a: 'north' } }, { data: { a: 'south' } }]);
  });

  it.each([
    ['the path', 'GET: "/a/{$context.claims.tenant}"'],
    ['a query parameter', 'GET: "/a", queryParams: "t: $context.claims.tenant"'],
    ['a header', 'GET: "/a", headers: [{ name: "x-t", value: "{$context.claims.tenant}" }]'],
    ['the body', 'POST: "/a", body: "t: $context.claims.tenant"'],
  ])('are not made for a caller without the claim that %s needs', async (_title, http) => {
    const sdl = `type Query { a: String @connect(source: "erp", http: { ${http} }, selection: "$.all") }`;
    await using started = await start(sdl, () => ({ body: { all: 'of all tenants' } }));
    expect(await started.run('{ a }')).toEqual({ data: { a: null } });
    expect(started.requests).toEqual([]);
  });

  it('are made for a caller without an optional claim', async () => {
    const sdl = `type Query { a: String @connect(source: "erp", http: { GET: "/a", queryParams: "t: $($context.claims.tenant ?? 'none')" }, selection: "$.name") }`;
    await using started = await start(sdl, ({ path }) => ({ body: { name: path } }));
    expect(await started.run('{ a }')).toEqual({ data: { a: '/a?t=none' } });
  });

  it('are shared if only the selection depends on the caller, and each caller gets its own values', async () => {
    const sdl = `type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$context.claims.tenant") }`;
    await using started = await start(sdl, () => ({ body: {} }));
    const answers = await Promise.all(
      ['north', 'south'].map((tenant) => started.run('{ a }', { tenant })),
    );
    expect(answers).toEqual([{ data: { a: 'north' } }, { data: { a: 'south' } }]);
    expect(started.requests).toHaveLength(1);
  });
});

describe('errors.extensions', () => {
  const sdl = (extensions: string) =>
    `type Query { a: String @connect(source: "erp", http: { GET: "/a" }, errors: { extensions: """${extensions}""" }, selection: "$.a") }`;

  it('adds entries to the extensions of an error, from body, status and headers of the response', async () => {
    const mapping = 'reason: error.code status: $status limit: $response.headers.x-limit->first';
    await using started = await start(sdl(mapping.replace('x-limit', "'x-limit'")), () => ({
      status: 422,
      body: { error: { code: 'E7' } },
      headers: { 'x-limit': '5' },
    }));
    const { errors } = await started.run('{ a }');
    expect(errors?.[0]?.extensions).toEqual({
      code: 'UPSTREAM_REJECTED',
      retryable: false,
      service: 'erp',
      reason: 'E7',
      status: 422,
      limit: '5',
    });
  });

  it.each([
    [
      'entries that a response names, but not those of the graph or of the server',
      { code: 'X', retryable: true, http: { status: 200 }, own: 1 },
      { own: 1 },
    ],
    ['nothing for more than 4,000 characters', { own: 'x'.repeat(4000) }, {}],
    [
      'nothing for more than 20 entries',
      Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`n${String(n)}`, n])),
      {},
    ],
    ['nothing for what is no object', 'text', {}],
  ])('adds %s', async (_title, error, added) => {
    await using started = await start(sdl('$.error'), () => ({ status: 422, body: { error } }));
    const { errors } = await started.run('{ a }');
    expect(errors?.[0]?.extensions).toEqual({
      code: 'UPSTREAM_REJECTED',
      retryable: false,
      service: 'erp',
      ...added,
    });
  });

  it('of a source applies to each of its connectors without its own', async () => {
    await using api = await startApi(() => ({ status: 422, body: {} }));
    const graph = fuse(
      readFile(
        `${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" }, errors: { extensions: "shared: $(1)" })
        type Query {
          a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a")
          b: String @connect(source: "erp", http: { GET: "/b" }, errors: { extensions: "own: $(1)" }, selection: "$.b")
        }`,
        {},
      ),
    );
    const { errors } = await graph.run('{ a b }');
    await graph.close();
    expect(
      errors?.map(({ path, extensions }) => [path, extensions?.['shared'], extensions?.['own']]),
    ).toEqual([
      [['a'], 1, undefined],
      [['b'], undefined, 1],
    ]);
  });
});

describe('a mapping that reads an unlisted variable', () => {
  const problemsOf = (mapping: string) =>
    readConnectors({
      name: 'erp',
      path: './erp.graphql',
      sdl: `${HEAD} @source(name: "erp", http: { baseURL: "https://erp.example.com" })
type Query {
  a: String
    @connect(
      source: "erp"
      http: { GET: "/a" }
      selection: "${mapping}"
    )
}`,
      policies: new Map([['erp', { ...DEFAULT_POLICY, ...POLICY }]]),
      outside: OUTSIDE,
    }).problems;

  it.each([
    ['$env.HOME', 'uses $env.HOME, but env of the subgraph in graph.yaml lists REGION'],
    ['$env', 'uses $env as a whole: name the variable, such as $env.REGION'],
    ["$env->get('HOME')", 'uses $env as a whole: name the variable, such as $env.REGION'],
    [
      '$context.claims.sub',
      'uses $context.claims.sub, but claims of the subgraph in graph.yaml lists tenant, https://a/role',
    ],
    ['$context.claims', 'uses $context in another way than $context.claims.<name>'],
    ['$context.other', 'uses $context in another way than $context.claims.<name>'],
    [
      '$config.other',
      'uses $config.other, but sources.erp.config in graph.yaml has account, limits, tags',
    ],
  ])('is refused with file and line: %s', (mapping, sentence) => {
    expect(problemsOf(mapping)).toEqual([
      `./erp.graphql:9: [UNKNOWN_VARIABLE] Query.a ${sentence} (selection).`,
    ]);
  });

  it('can have a default for a value of $config', () => {
    expect(problemsOf("$($config.other ?? 'none')")).toBeUndefined();
  });
});
