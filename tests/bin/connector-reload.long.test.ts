import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { describeBuilt, type Program, startProgram, untilWritten } from '../built-program.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { type Api, type ApiResponse, startApi } from '../subgraphs/connect/start-api.ts';
import { GraphFolder } from './graph-folder.ts';

/** Fields that show the version of the paths that they are read from. */
const sdlOf = (version: string, more = '') => `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
  @source(name: "erp", http: { baseURL: "http://erp.invalid" })
type Query {
  one: String @connect(source: "erp", http: { GET: "/${version}/one" }, selection: "$.path")
  two: String @connect(source: "erp", http: { GET: "/${version}/two" }, selection: "$.path")
  ${more}
}
`;

const POLICY = 'auth: { bearer: "${ERP_KEY}" }, limits: { rate: 1000/1s, concurrency: 8 }';

const graphOf = (policy: string) => `version: 1
subgraphs:
  crm: { builtin: crm }
  payments: { builtin: payments }
  maps: { builtin: maps }
  erp:
    connectors: ./erp.graphql
    sources: { erp: { baseUrl: "\${ERP_URL}", allowLocalAddress: true, ${policy} } }
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

let api: Api;
let answer: () => ApiResponse;
let folder: GraphFolder;
let program: Program;

beforeEach(async () => {
  answer = () => ({ body: {} });
  api = await startApi(({ path }) => {
    const failure = answer();
    return failure === undefined || failure === 'broken' || failure.status !== undefined
      ? failure
      : { body: { path } };
  });
  folder = new GraphFolder();
  folder.write('graph.yaml', graphOf(POLICY));
  folder.write('erp.graphql', sdlOf('v1'));
  folder.write('erp-key', 'key-1');
});
afterEach(async () => {
  await program.end();
  await api[Symbol.asyncDispose]();
  folder.remove();
});

function start(file = 'gateway.js', args: readonly string[] = []): Promise<string> {
  program = startProgram(file, args, {
    // No file is watched.
    NODE_ENV: 'production',
    GRAPH: folder.graph,
    ERP_URL: api.url,
    ERP_KEY_FILE: `${folder.path}/erp-key`,
    UPSTREAM_MAX_FAILURES: '2',
    UPSTREAM_MAX_TRIES: '1',
    VENDOR_TIMEOUT_MS: '0',
    REQUEST_TIMEOUT_MS: '120000',
    PORT: '0',
    DRAIN_DELAY_MS: '0',
    LOG_LEVEL: 'info',
    ACCESS: 'open',
    ACCESS_OPEN_CONFIRM: '1',
    SUBGRAPH_SECRET: 'shared-by-the-processes-of-a-test',
    // A graph has built-in subgraphs, which are not called here.
    ...sandbox.environment,
  });
  return program.url;
}

let reloads: number;
beforeEach(() => {
  reloads = 0;
});

async function reload(): Promise<void> {
  reloads += 1;
  program.child.kill('SIGHUP');
  await untilWritten(program, '"msg":"reloaded"', reloads);
}

const BOTH = { query: '{ one two }' };
const versionOf = (version: string) => ({ one: `/${version}/one`, two: `/${version}/two` });
const health = async (url: string) =>
  JSON.parse(await (await fetch(`${url}/health/ready`)).text()) as Record<string, unknown>;

describeBuilt('SIGHUP to a gateway with connectors', () => {
  it('serves changed connectors under load: no request fails, and none is answered by both', async () => {
    const url = await start();
    let isOver = false;
    const seen: unknown[] = [];
    const client = async () => {
      while (!isOver) {
        const { data, errors } = await sendOperation(url, BOTH);
        seen.push(errors ?? data);
      }
    };
    const clients = [client(), client(), client()];
    for (const version of ['v2', 'v3']) {
      folder.write('erp.graphql', sdlOf(version));
      await reload();
      expect((await sendOperation(url, BOTH)).data).toEqual(versionOf(version));
    }
    isOver = true;
    await Promise.all(clients);
    const versions = ['v1', 'v2', 'v3'].map(versionOf);
    for (const result of seen) expect(versions).toContainEqual(result);
    expect(seen.length).toBeGreaterThan(5);
  }, 240_000);

  it('calls with a renewed credential, of a file, and counts its calls for the same budget', async () => {
    folder.write('graph.yaml', graphOf(POLICY.replace('1000/1s', '3/600s') + ', timeout: 5s'));
    const url = await start();
    await sendOperation(url, BOTH);
    folder.write('erp-key', 'key-2');
    await reload();
    expect((await sendOperation(url, { query: '{ one }' })).errors).toBeUndefined();
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer key-1',
      'Bearer key-1',
      'Bearer key-2',
    ]);
    const { errors } = await sendOperation(url, { query: '{ two }' });
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_RATE_LIMITED');
  }, 240_000);

  it('keeps the circuit breaker of a source whose connectors have changed', async () => {
    const url = await start();
    answer = () => ({ status: 503 });
    await sendOperation(url, BOTH);
    const calls = api.requests.length;
    expect(await health(url)).toMatchObject({
      status: 'degraded',
      vendors: { erp: { read: 'open' } },
    });
    folder.write('erp.graphql', sdlOf('v2'));
    await reload();
    expect((await sendOperation(url, BOTH)).errors?.[0]?.extensions?.['code']).toBe(
      'UPSTREAM_UNAVAILABLE',
    );
    // At most one of the two is the trial of a breaker that has waited; a new breaker would let both through.
    expect(api.requests.length - calls).toBeLessThan(2);
    // Another address is another source, which nothing is known of.
    answer = () => ({ body: {} });
    folder.write('graph.yaml', graphOf(POLICY).replace('${ERP_URL}', '${ERP_URL}/other'));
    await reload();
    expect((await sendOperation(url, BOTH)).data).toEqual({
      one: '/other/v2/one',
      two: '/other/v2/two',
    });
    expect(await health(url)).toMatchObject({
      status: 'ready',
      vendors: { erp: { read: 'closed' } },
    });
  }, 240_000);

  it('keeps the last good connectors, and their credential, if a file is broken', async () => {
    const url = await start();
    folder.write('erp.graphql', sdlOf('v2', 'three: String'));
    folder.write('erp-key', 'key-2');
    await reload();
    expect(program.output()).toMatch(/"problem":"[^"]*erp\.graphql:8: \[FIELD_NOT_PROVIDED\]/);
    expect((await sendOperation(url, BOTH)).data).toEqual(versionOf('v1'));
    expect(api.requests.at(-1)?.headers.authorization).toBe('Bearer key-1');
    expect(program.output()).not.toMatch(/key-\d/);
  }, 240_000);

  it('shows new sources in health and metrics, and those no more that are not called any more', async () => {
    const url = await start();
    expect(Object.keys((await health(url))['vendors'] as object)).toContain('erp');
    folder.write('erp.graphql', sdlOf('v2').replaceAll('"erp"', '"shop"'));
    folder.write('graph.yaml', graphOf(POLICY).replace('{ erp:', '{ shop:'));
    await reload();
    expect((await sendOperation(url, BOTH)).data).toEqual(versionOf('v2'));
    const vendors = Object.keys((await health(url))['vendors'] as object);
    expect(vendors).toContain('shop');
    expect(vendors).not.toContain('erp');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain(
      'tributary_upstream_breaker_state{vendor="shop",calls="read",state="closed"} 1',
    );
  }, 240_000);
});

describeBuilt('SIGHUP to the service of a subgraph of connectors', () => {
  it('serves changed connectors with a renewed credential', async () => {
    // On one machine, a trial needs no signature.
    const url = await start('subgraph.js', ['erp']);
    folder.write(
      'erp.graphql',
      sdlOf(
        'v2',
        'three: String @connect(source: "erp", http: { GET: "/v2/three" }, selection: "$.path")',
      ),
    );
    folder.write('erp-key', 'key-2');
    await reload();
    const { revision } = await health(url);
    expect(revision).toMatch(/^[\da-f]{12}$/);
    expect(program.output()).not.toContain('"problem"');
  }, 240_000);
});
