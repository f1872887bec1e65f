import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { composeGraph } from '../../../gateway/composition/compose-graph.ts';
import { filesOfGraph, readGraphFile } from '../../../gateway/composition/graph-file.ts';
import { readSdl } from '../../subgraphs/open-subgraph.ts';

const folder = mkdtempSync(join(tmpdir(), 'graph-connectors-'));
const path = join(folder, 'graph.yaml');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const HEAD = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external", "@requires", "@shareable", "@requiresScopes"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
  @source(name: "erp", http: { baseURL: "https://erp.example.com" })
`;
const QUERY = `type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }`;

/** Reads a graph.yaml whose subgraph erp has these keys beside its connectors. */
function read(keys = '', sdl = HEAD + QUERY, environment: Record<string, string> = {}) {
  writeFileSync(join(folder, 'erp.graphql'), sdl);
  writeFileSync(
    path,
    `version: 1
subgraphs:
  crm: { builtin: crm }
  payments: { builtin: payments }
  maps: { builtin: maps }
  erp:
    connectors: ./erp.graphql
${keys}`,
  );
  const { graph, problems = [] } = readGraphFile(path, environment, ['crm', 'payments', 'maps']);
  return { graph, problems: problems.map((problem) => problem.replaceAll(path, 'graph.yaml')) };
}

function compose(sdl: string) {
  const { graph, problems } = read('', HEAD + sdl);
  if (graph === undefined) return { problems };
  const { composed, problems: found = [] } = composeGraph(graph, { modules: SUBGRAPHS, readSdl });
  return { composed, problems: found };
}

describe('connectors in a graph.yaml', () => {
  it('have policies of their sources, with values of the environment', () => {
    const keys = `    sources:
      erp:
        baseUrl: \${ERP_URL}
        auth: { basic: { user: me, password: "\${ERP_PASSWORD}" } }
        limits: { rate: 100/10s, concurrency: 8 }
        timeout: 2s
        retries: 1
        allowLocalAddress: true`;
    const { graph, problems } = read(keys, HEAD + QUERY, {
      ERP_URL: 'http://localhost:9',
      ERP_PASSWORD: 'pw',
    });
    expect(problems).toEqual([]);
    expect(graph?.connectors?.map(({ name, sources }) => [name, sources])).toEqual([
      [
        'erp',
        [
          expect.objectContaining({
            name: 'erp',
            baseUrl: 'http://localhost:9',
            policy: {
              baseUrl: 'http://localhost:9',
              auth: { kind: 'header', name: 'authorization', value: 'Basic bWU6cHc=' },
              rate: { limit: 100, windowMs: 10_000 },
              concurrency: 8,
              timeoutMs: 2000,
              retries: 1,
              allowLocalAddress: true,
            },
          }),
        ],
      ],
    ]);
  });

  it.each([
    [
      '      erp: { auth: { bearer: a, basic: { user: a, password: b } } }',
      9,
      'erp.auth must have one of bearer, basic, header, query, oauth2.',
    ],
    [
      '      erp: { auth: {} }',
      9,
      'erp.auth must have one of bearer, basic, header, query, oauth2.',
    ],
    ['      erp: { limits: { rate: 100 } }', 9, expect.stringContaining('erp.limits.rate')],
    [
      '      erp: { timeout: 2 }',
      9,
      'erp.timeout must be a time of at most ten minutes, such as 800ms or 2s.',
    ],
    [
      '      erp: { idempotencyKey: "a b" }',
      9,
      'erp.idempotencyKey must be the name of a header, such as Idempotency-Key, or { header: Idempotency-Key, keptFor: 12h }.',
    ],
    ['      erp: { token: a }', 9, 'erp.token is not known here; check its spelling.'],
    ['      erp: { baseUrl: "https://u:p@erp" }', 9, expect.stringContaining('erp.baseUrl')],
    ['      shop: { retries: 1 }', 9, 'shop must be the name of a source in ./erp.graphql (erp).'],
  ])('are refused with file and line for %s', (line, number, message) => {
    const { problems } = read(`    sources:\n${line}`);
    const start = `graph.yaml:${String(number)}: subgraphs.erp.sources.`;
    expect(
      problems.map((problem) => [problem.slice(0, start.length), problem.slice(start.length)]),
    ).toEqual([[start, typeof message === 'string' ? message : expect.any(String)]]);
  });

  it('can read values of graph.yaml, listed variables of the environment and listed claims', () => {
    const keys = `    env: [REGION]
    claims: [tenant]
    sources:
      erp: { config: { account: "\${ACCOUNT}", nested: { list: [1, "\${ACCOUNT}"] } } }`;
    const sdl = HEAD + QUERY.replace('/a"', '/{$config.account}/{$env.REGION}"');
    const { graph, problems } = read(keys, sdl, { REGION: 'eu', ACCOUNT: 'a7', OTHER: 'x' });
    expect(problems).toEqual([]);
    const [file] = graph?.connectors ?? [];
    expect(file?.outside).toEqual({ env: { REGION: 'eu' }, claims: ['tenant'] });
    expect(file?.sources[0]?.policy.config).toEqual({
      account: 'a7',
      nested: { list: [1, 'a7'] },
    });
  });

  it('are refused if they read an unlisted variable of the environment', () => {
    const sdl = HEAD + QUERY.replace('/a"', '/{$env.HOME}"');
    expect(read('', sdl, { HOME: '/root' }).problems).toEqual([
      './erp.graphql:5: [UNKNOWN_VARIABLE] Query.a uses $env.HOME, but env of the subgraph in graph.yaml lists none (http.GET).',
    ]);
  });

  it.each([
    [
      '    env: [REGION]',
      'graph.yaml:8: subgraphs.erp.env.0 must be an environment variable that is set, but REGION is not.',
    ],
    [
      '    env: ["A-B"]',
      'graph.yaml:8: subgraphs.erp.env.0 must be the name of an environment variable.',
    ],
    ['    claims: [""]', 'graph.yaml:8: subgraphs.erp.claims.0 must be the name of a claim.'],
    [
      `    sources: { erp: { config: { a: ${'x'.repeat(100_000)} } } }`,
      'graph.yaml:8: subgraphs.erp.sources.erp.config must have at most 100000 characters as JSON.',
    ],
    [
      '    sources: { erp: { config: [1] } }',
      'graph.yaml:8: subgraphs.erp.sources.erp.config must be a mapping of names to values.',
    ],
  ])('are refused with file and line for variables that they cannot read: %#', (keys, problem) => {
    expect(read(keys).problems).toEqual([problem]);
  });

  it('are refused with the line of their own file', () => {
    expect(read('', `${HEAD}type Query { a: String }`).problems).toEqual([
      './erp.graphql:5: [FIELD_NOT_PROVIDED] Query.a must have a connector.',
    ]);
  });

  it('must not have a URL on this machine in production', () => {
    const sdl = (HEAD + QUERY).replace('https://erp.example.com', 'http://127.0.0.1:9');
    expect(read('', sdl, { NODE_ENV: 'production' }).problems).toEqual([
      expect.stringMatching(/^\.\/erp\.graphql:4: \[LOCAL_ADDRESS\]/),
    ]);
    const keys = '    sources: { erp: { allowLocalAddress: true } }';
    expect(read(keys, sdl, { NODE_ENV: 'production' }).problems).toEqual([]);
  });
});

describe('the idempotency key of a source', () => {
  it.each([
    ['Idempotency-Key', { header: 'idempotency-key', rememberedSeconds: undefined }],
    [
      '{ header: X-Request-Key, keptFor: 12h }',
      { header: 'x-request-key', rememberedSeconds: 43_200 },
    ],
  ])('has a header, and the time for which the source remembers a key: %s', (key, expected) => {
    const { graph, problems } = read(`    sources: { erp: { idempotencyKey: ${key} } }`);
    expect(problems).toEqual([]);
    expect(graph?.connectors?.[0]?.sources[0]?.policy.idempotencyKey).toEqual(expected);
  });
});

describe('the files of a graph with connectors', () => {
  it('include those of the connectors, which are watched in development', () => {
    read();
    expect(filesOfGraph(join(folder, 'graph.yaml'))).toContain(join(folder, 'erp.graphql'));
  });

  it('can include the secrets of sources by <NAME>_FILE, which must be readable', () => {
    const secret = join(folder, 'password');
    writeFileSync(secret, 'from a file\n');
    const keys = '    sources: { erp: { auth: { bearer: "${ERP_KEY}" } } }';
    const { graph } = read(keys, HEAD + QUERY, { ERP_KEY_FILE: secret });
    expect(graph?.connectors?.[0]?.sources[0]?.policy.auth).toMatchObject({
      value: 'Bearer from a file',
    });
    expect(read(keys, HEAD + QUERY, { ERP_KEY_FILE: `${secret}-2` }).problems).toEqual([
      'graph.yaml:8: needs ERP_KEY: ERP_KEY_FILE must name a file with the secret, but the file cannot be read (ENOENT).',
    ]);
  });
});

describe('the cache of a source', () => {
  it.each([
    ['30s', { ttl: 30, stale: 0, fields: {} }],
    ['{}', { ttl: 0, stale: 0, fields: {} }],
    [
      '{ ttl: 5m, stale: 1h, fields: { Query.a: never } }',
      { ttl: 300, stale: 3600, fields: { 'Query.a': 0 } },
    ],
  ])('is a time, or times by fields: %s', (cache, expected) => {
    const { graph, problems } = read(`    sources: { erp: { cache: ${cache} } }`);
    expect(problems).toEqual([]);
    expect(graph?.connectors?.[0]?.sources[0]?.policy.cache).toEqual(expected);
  });

  it('is refused with a field that has no connector to the source', () => {
    expect(read('    sources: { erp: { cache: { fields: { Query.b: 1h } } } }').problems).toEqual([
      'graph.yaml:8: subgraphs.erp.sources.erp has a time for Query.b, which has no connector to it (Query.a).',
    ]);
  });
});

describe('a graph with connectors', () => {
  it('has their fields in the embedded subgraphs, and none of their directives', () => {
    const { composed, problems } = compose(
      `type Customer @key(fields: "id") { id: ID! email: String @external
        orders: [String!] @requires(fields: "email") @requiresScopes(scopes: [["personal:read"]])
          @connect(source: "erp", http: { GET: "/orders", queryParams: "email: $this.email" }, selection: "$.ids") }`,
    );
    expect(problems).toEqual([]);
    for (const supergraph of [composed?.supergraph, composed?.embedded]) {
      expect(supergraph?.sdl).toMatch(
        /orders: \[String!\] @join__field\(graph: ERP, requires: "email"\)/,
      );
      expect(supergraph?.sdl).not.toMatch(/@connect|@source|specs\.apollo\.dev\/connect/);
    }
  });

  it.each([
    [
      'a field of ours that they make nullable',
      'type Money @shareable { amount: Decimal currency: CurrencyCode! } scalar Decimal scalar CurrencyCode type Query { m: Money @connect(source: "erp", http: { GET: "/a" }, selection: "amount currency") }',
      './erp.graphql:5: A service must not take from the API of the built-in subgraphs: Money.amount changed type from Decimal! to Decimal.',
    ],
    [
      'a protected field that they require without its scope',
      `type Customer @key(fields: "id") { id: ID! email: String @external
        orders: [String!] @requires(fields: "email") @connect(source: "erp", http: { GET: "/o", queryParams: "email: $this.email" }, selection: "$.ids") }`,
      expect.stringMatching(/^\.\/erp\.graphql:\d+: /),
    ],
  ])('is refused with the line of %s', (_title, sdl, problem) => {
    expect(compose(sdl).problems).toEqual([problem]);
  });
});
