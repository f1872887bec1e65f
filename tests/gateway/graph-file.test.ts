import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { bearer, startTokenIssuer } from './access/token-issuer.ts';
import { startStandInService, type StandInService } from './engines/planned/stand-in-service.ts';
import { sendOperation, codesAndPaths } from './start-gateway.ts';
import { TRACED } from './traced.ts';

const GRAPH = resolve('examples/own-graph/graph.yaml');

let loyalty: StandInService;
let program: Program;
let url: string;

const answerPoints: StandInService['answer'] = ({ query, variables }) => {
  if (!query.includes('_entities')) return { data: { programmes: [{ id: '1', name: 'Gold' }] } };
  // A cast: what the gateway sends.
  const { representations } = variables as { representations: readonly unknown[] };
  return {
    data: { _entities: representations.map(() => ({ points: 7 })) },
    extensions: {
      upstream: [
        {
          vendor: 'hubspot',
          method: 'GET',
          path: '/forged',
          status: 200,
          startMs: 1,
          ms: 1,
          batchSize: null,
        },
      ],
    },
  };
};

beforeAll(async () => {
  loyalty = await startStandInService(answerPoints);
  program = startProgram('gateway.js', [], {
    PORT: '0',
    GRAPH,
    LOYALTY_URL: loyalty.url,
    SUBGRAPH_SECRET: 'known-to-services-of-ours-alone-0123456789',
    ACCESS: 'open',
    LOG_LEVEL: 'warn',
    MAX_VENDOR_CALLS: '60',
  });
  url = await program.url;
});
afterAll(async () => {
  await program.end();
  await loyalty.close();
});

describeBuilt('a gateway with the graph.yaml of the example', () => {
  it('joins fields of ours and of the service, with one request to it for twenty customers', async () => {
    const before = loyalty.requests.length;
    const { data, errors } = await sendOperation(url, {
      query: '{ customers(first: 20) { nodes { name loyaltyTier points company { name } } } }',
    });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toHaveLength(20);
    expect(data.customers.nodes[0]).toEqual({
      name: expect.any(String),
      loyaltyTier: 'GOLD',
      points: 7,
      company: { name: expect.any(String) },
    });
    expect(loyalty.requests).toHaveLength(before + 1);
  });

  it('sends the service neither the caller nor headers that are not listed', async () => {
    await sendOperation(
      url,
      { query: '{ programmes { name } }' },
      { 'x-tenant': 'north', cookie: 'a=b', 'x-other': 'x' },
    );
    const headers = loyalty.requests.at(-1)?.headers ?? {};
    expect(headers['x-tenant']).toBe('north');
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'host',
      'x-request-id',
      'x-tenant',
      'x-tributary-deadline-ms',
    ]);
  });

  it('counts no vendor calls that the service claims', async () => {
    const { extensions } = await sendOperation(
      url,
      { query: '{ customers(first: 1) { nodes { points } } }' },
      TRACED,
    );
    expect(extensions?.upstream?.map(({ path }) => path)).toEqual([
      expect.stringContaining('contacts'),
    ]);
  });

  it('serves pictures of maps and foresees the calls to vendors, as without the service', async () => {
    const query =
      '{ customers(first: 1) { nodes { points address { map(width: 64, height: 64) { path } } } } }';
    const { data } = await sendOperation(url, { query });
    const picture = await fetch(`${url}${String(data.customers.nodes[0].address.map.path)}`);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
    const { errors } = await sendOperation(url, {
      query: '{ customers(first: 100) { nodes { billingAccounts { id } points } } }',
    });
    expect(codesAndPaths(errors)).toEqual(['OPERATION_TOO_COMPLEX ']);
  });

  it('shows an audience the fields of the service that are tagged for it, and no others', async () => {
    const schema = async (audience: string) =>
      (await fetch(`${url}/schema/${audience}.graphql`)).text();
    const partner = await schema('partner');
    expect(partner).toMatch(/\n {2}points: Int/);
    expect(partner).not.toMatch(/programmes/);
  });

  it('answers the rest, and names the service, while the service fails', async () => {
    loyalty.answer = (_request, response) => void response.writeHead(503).end();
    const { data, errors } = await sendOperation(url, {
      query: '{ customers(first: 2) { nodes { name points } } programmes { name } }',
    });
    loyalty.answer = answerPoints;
    expect(data).toEqual({
      customers: {
        nodes: [
          { name: expect.any(String), points: null },
          { name: expect.any(String), points: null },
        ],
      },
      programmes: null,
    });
    expect(new Set(errors?.map(({ extensions }) => extensions?.['service']))).toEqual(
      new Set(['loyalty']),
    );
    expect(codesAndPaths(errors)).toEqual([
      'UPSTREAM_UNAVAILABLE customers.nodes.0.points',
      'UPSTREAM_UNAVAILABLE customers.nodes.1.points',
      'UPSTREAM_UNAVAILABLE programmes',
    ]);
  });
});

describeBuilt('a graph.yaml with headers.claims', () => {
  it("sends the service the listed claims of the caller's token, and nothing that a client puts in their headers", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'claims-graph-'));
    const issuer = await startTokenIssuer();
    for (const file of ['crm.fields.graphql', 'loyalty.graphql'])
      copyFileSync(resolve('examples/own-graph', file), join(folder, file));
    const example = readFileSync(GRAPH, 'utf8');
    const listed = '{ forward: [x-tenant], claims: { x-user-email: email } }';
    writeFileSync(join(folder, 'graph.yaml'), example.replace('{ forward: [x-tenant] }', listed));
    const gateway = startProgram('gateway.js', [], {
      ...issuer.environment,
      PORT: '0',
      GRAPH: join(folder, 'graph.yaml'),
      LOYALTY_URL: loyalty.url,
      ACCESS: 'closed',
      LOG_LEVEL: 'warn',
    });
    const token = await issuer.token({ claims: { email: 'ada@example.com', role: 'admin' } });

    const { errors } = await sendOperation(
      await gateway.url,
      { query: '{ programmes { name } }' },
      { ...bearer(token), 'x-user-email': 'forged@example.com' },
    );

    expect(errors).toBeUndefined();
    const headers = loyalty.requests.at(-1)?.headers ?? {};
    expect(headers['x-user-email']).toBe('ada@example.com');
    expect(headers).not.toHaveProperty('authorization');
    expect(JSON.stringify(headers)).not.toContain('admin');
    await gateway.end();
    await issuer.close();
    rmSync(folder, { recursive: true });
  });
});

describeBuilt('a graph.yaml that is wrong', () => {
  it('keeps the gateway from starting, with file and line of each problem', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wrong-graph-'));
    writeFileSync(
      join(folder, 'loyalty.graphql'),
      'type Query {\n  customers: Int\n}\ntype Money { amount: Int }\n',
    );
    writeFileSync(join(folder, 'crm.fields.graphql'), 'extend type Deal { x: Float }');
    writeFileSync(join(folder, 'graph.yaml'), readFileSync(GRAPH));
    const start = () =>
      spawnSync(process.execPath, ['dist/gateway.js'], {
        env: {
          ...process.env,
          PORT: '0',
          GRAPH: join(folder, 'graph.yaml'),
          LOYALTY_URL: 'http://127.0.0.1:1/graphql',
        },
        encoding: 'utf8',
      });
    const first = start();
    expect([first.status, first.stderr]).toEqual([
      1,
      expect.stringMatching(/^\.\/crm\.fields\.graphql:1: Deal\.x needs @property/),
    ]);
    writeFileSync(join(folder, 'crm.fields.graphql'), 'enum Unused { A }');
    const second = start();
    expect([second.status, second.stderr]).toEqual([
      1,
      expect.stringMatching(/\.\/loyalty\.graphql:2: .*Query\.customers/),
    ]);
    rmSync(folder, { recursive: true });
  });
});

describeBuilt('tributary compose', () => {
  it('writes the supergraph, the API and a schema for each audience', () => {
    const out = mkdtempSync(join(tmpdir(), 'composed-'));
    const { status, stdout } = spawnSync(
      process.execPath,
      ['dist/tributary.js', 'compose', '--graph', GRAPH, '--out', out],
      {
        env: { ...process.env, LOYALTY_URL: 'http://127.0.0.1:1/graphql' },
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    const files = stdout.trim().split('\n');
    expect(files.map((file) => file.slice(out.length + 1)).sort()).toEqual([
      'api.graphql',
      'audiences/partner.graphql',
      'audiences/private.graphql',
      'audiences/public.graphql',
      'supergraph.graphql',
    ]);
    const api = buildSchema(readFileSync(join(out, 'api.graphql'), 'utf8'));
    expect(api.getQueryType()?.getFields()).toHaveProperty('programmes');
    rmSync(out, { recursive: true });
  });

  it('says what is wrong and writes nothing, without a file', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['dist/tributary.js', 'compose', '--graph', 'nowhere.yaml'],
      { encoding: 'utf8' },
    );
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      'GRAPH must name a file that can be read, but is "nowhere.yaml".\n',
    ]);
  });
});
