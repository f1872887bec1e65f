import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { describeBuilt, type Program, startProgram, untilWritten } from '../built-program.ts';
import {
  startStandInService,
  type StandInService,
} from '../gateway/engines/planned/stand-in-service.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { GraphFolder, graphYaml, textFields } from './graph-folder.ts';

/** The CRM, whose responses wait while they are held. */
interface HeldVendor {
  readonly url: string;
  hold(): void;
  release(): void;
  /** Resolves when a list of customers is called for. Field checks make other calls, whenever they want. */
  listed(): Promise<void>;
  close(): void;
}

async function startHeldVendor(target: string): Promise<HeldVendor> {
  let held = Promise.resolve();
  let release: () => void = () => undefined;
  let onListed: () => void = () => undefined;
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    if (url?.startsWith('/crm/objects/') === true) onListed();
    const call = send(`${target}${url ?? ''}`, { method, headers }, (response) => {
      void held.then(() => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      });
    });
    incoming.pipe(call);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    // A cast: it listens on a port.
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => {
      release();
    },
    listed: () =>
      new Promise((resolve) => {
        onListed = resolve;
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

let sandbox: Sandbox;
let vendor: HeldVendor;
let folder: GraphFolder;
let program: Program;

beforeAll(async () => {
  sandbox = await startSandbox();
  vendor = await startHeldVendor(sandbox.hubspot.baseUrl);
});
afterAll(async () => {
  vendor.close();
  await sandbox.close();
});
beforeEach(() => {
  folder = new GraphFolder();
  folder.write('graph.yaml', graphYaml());
  folder.write('crm.fields.graphql', textFields('tier'));
});
afterEach(async () => {
  await program.end();
  folder.remove();
});

function start(file: string, args: readonly string[], environment: Record<string, string>) {
  program = startProgram(file, args, {
    ...sandbox.environment,
    HUBSPOT_BASE_URL: vendor.url,
    VENDOR_TIMEOUT_MS: '0',
    GRAPH: folder.graph,
    PORT: '0',
    DRAIN_DELAY_MS: '0',
    LOG_LEVEL: 'info',
    ACCESS: 'open',
    ACCESS_OPEN_CONFIRM: '1',
    ...environment,
  });
  return program.url;
}

/** No file is watched. */
const PRODUCTION = { NODE_ENV: 'production', INTROSPECTION: 'true' };

const RELOADED = '"msg":"reloaded"';

async function reload(times: number): Promise<void> {
  program.child.kill('SIGHUP');
  await untilWritten(program, RELOADED, times);
}

const customers = (field: string) => `{ customers(first: 2) { nodes { ${field} } } }`;

async function get(url: string, path: string): Promise<string> {
  return (await fetch(`${url}${path}`)).text();
}

const health = async (url: string) =>
  JSON.parse(await get(url, '/health/ready')) as Record<string, unknown>;

describeBuilt('SIGHUP in production', () => {
  it('serves the fields of a changed graph.yaml, in its schema too, and refuses removed ones', async () => {
    const url = await start('gateway.js', [], PRODUCTION);
    const { revision } = await health(url);
    expect(
      (await sendOperation(url, { query: customers('tier') })).data.customers.nodes,
    ).toHaveLength(2);

    folder.write('crm.fields.graphql', textFields('level'));
    await reload(1);

    expect((await sendOperation(url, { query: customers('level') })).data.customers.nodes).toEqual([
      { level: 'gold_member' },
      { level: expect.any(String) },
    ]);
    const { errors } = await sendOperation(url, { query: customers('tier') });
    expect(errors?.[0]?.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await get(url, '/schema.graphql')).toMatch(/^ {2}level: String$/m);
    const after = await health(url);
    expect(after['revision']).not.toBe(revision);
    expect(await get(url, '/metrics')).toContain(
      `tributary_graph_info{revision="${String(after['revision'])}"} 1`,
    );
  }, 120_000);

  it('answers a request under way from the graph with which it began', async () => {
    const url = await start('gateway.js', [], PRODUCTION);
    await sendOperation(url, { query: customers('tier') });
    vendor.hold();
    const listed = vendor.listed();
    const answer = sendOperation(url, { query: customers('tier email') });
    await listed;

    folder.write('crm.fields.graphql', textFields('level'));
    await reload(1);
    const { errors } = await sendOperation(url, { query: customers('tier') });
    vendor.release();

    expect(errors?.[0]?.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await answer).data.customers.nodes[0]).toMatchObject({ tier: 'gold_member' });
  }, 120_000);

  it('does not permit a mutation twice: its first outcome is known after a reload', async () => {
    const url = await start('gateway.js', [], PRODUCTION);
    const create = async (lastName: string) =>
      sendOperation(url, {
        query: `mutation { createCustomer(input: { lastName: "${lastName}", idempotencyKey: "once" }) { customer { id } } }`,
      });
    const first = await create('Ek');
    folder.write('crm.fields.graphql', textFields('level'));
    await reload(1);

    expect((await create('Ek')).data).toEqual(first.data);
    expect((await create('Lind')).errors?.[0]?.message).toMatch(/^idempotencyKey must be a new/);
  }, 120_000);

  it('keeps the last good graph if a file is broken, and says so in log, metrics and health', async () => {
    const url = await start('gateway.js', [], PRODUCTION);
    const { revision } = await health(url);

    folder.write('crm.fields.graphql', 'extend type Customer {\n  tier: Strin\n');
    await reload(1);

    expect(program.output()).toMatch(/"problem":"[^"]*crm\.fields\.graphql:\d+: /);
    expect(await health(url)).toMatchObject({ status: 'degraded', revision, reload: 'failed' });
    const failed = await get(url, '/metrics');
    expect(failed).toContain('tributary_graph_last_reload_successful 0');
    expect(failed).toContain('tributary_graph_reloads_total{result="failed"} 1');
    expect((await sendOperation(url, { query: customers('tier') })).errors).toBeUndefined();

    folder.write('crm.fields.graphql', textFields('tier'));
    await reload(2);
    const mended = await health(url);
    expect(mended).toMatchObject({ status: 'ready', revision });
    expect(mended['reload']).toBeUndefined();
  }, 120_000);

  it('refuses a built-in subgraph that the process has not connected, and a safelist that does not fit', async () => {
    const without = [
      'version: 1',
      'subgraphs:',
      '  crm: { builtin: crm }',
      '  payments: { builtin: payments }',
      '  maps: { builtin: maps }',
      '',
    ];
    folder.write('graph.yaml', without.filter((line) => !line.includes('maps')).join('\n'));
    folder.write('operations.json', JSON.stringify({ one: customers('name') }));
    const url = await start('gateway.js', [], {
      ...PRODUCTION,
      PERSISTED_OPERATIONS: `${folder.path}/operations.json`,
    });
    folder.write('graph.yaml', without.join('\n'));
    await reload(1);
    expect(program.output()).toContain(
      '"problem":"The built-in subgraph maps was added to the graph, which takes effect at the next restart."',
    );

    folder.write('graph.yaml', graphYaml().replace('  maps: { builtin: maps }\n', ''));
    folder.write('operations.json', JSON.stringify({ two: customers('tier') }));
    await reload(2);
    expect((await sendOperation(url, { query: customers('tier') })).errors).toBeUndefined();

    folder.write('crm.fields.graphql', textFields('level'));
    await reload(3);
    expect(program.output()).toMatch(/PERSISTED_OPERATIONS: \\"two\\" does not match the schema/);
    expect((await sendOperation(url, { query: customers('tier') })).errors).toBeUndefined();
  }, 120_000);

  it('swaps the custom fields of a subgraph service', async () => {
    const url = await start('subgraph.js', ['crm'], { ...PRODUCTION, SUBGRAPH_ACCESS: 'open' });
    folder.write('crm.fields.graphql', textFields('level'));
    await reload(1);

    expect(
      (await sendOperation(url, { query: customers('level') })).data.customers.nodes,
    ).toHaveLength(2);
    const { errors } = await sendOperation(url, { query: customers('tier') });
    expect(errors?.[0]?.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  }, 120_000);
});

describeBuilt('in development', () => {
  const SERVICE = 'loyalty: { url: "${LOYALTY_URL}", schema: ./loyalty.graphql }';
  let loyalty: StandInService;
  beforeAll(async () => {
    loyalty = await startStandInService(() => ({ data: { motto: 'carpe diem' } }));
  });
  afterAll(() => loyalty.close());

  it('a service that is added by new files is served, and a removed one disappears from health and metrics', async () => {
    const url = await start('gateway.js', [], { LOYALTY_URL: loyalty.url });
    folder.write('graph.yaml', graphYaml({ services: [SERVICE] }));
    await untilWritten(program, 'must name a file that can be read');
    await untilWritten(program, 'not reloaded: the previous graph is still served.');

    folder.write('loyalty.graphql', 'type Query { motto: String }');
    await untilWritten(program, 'reloaded: +1 field\n');
    expect((await sendOperation(url, { query: '{ motto }' })).data).toEqual({
      motto: 'carpe diem',
    });
    expect((await health(url))['services']).toEqual({ loyalty: 'up' });

    folder.write('graph.yaml', graphYaml());
    await untilWritten(program, 'reloaded: -1 field\n');
    // The graph before is closed after its last request.
    let services: unknown;
    do ({ services } = await health(url));
    while (services !== undefined);
    expect(await get(url, '/metrics')).not.toContain('service="loyalty"');
    expect((await sendOperation(url, { query: customers('tier') })).errors).toBeUndefined();
  }, 120_000);

  it('tributary dev reloads by itself, and prints what has changed or what is wrong', async () => {
    const url = await start('tributary.js', ['dev', '--graph', folder.graph], {
      GRAPH: '',
      NODE_ENV: 'production',
    });
    expect((await fetch(`${url}/`)).status).toBe(200);
    folder.write('crm.fields.graphql', textFields('level', 'rank'));
    await untilWritten(program, `${folder.graph} reloaded: +2 fields, -1 field\n`);
    folder.write('crm.fields.graphql', 'extend type Customer { tier: Strin }\n');
    await untilWritten(
      program,
      `${folder.graph} not reloaded: the previous graph is still served.\n`,
    );
    expect(program.output()).toMatch(/^\S*crm\.fields\.graphql:1: /m);
    expect((await sendOperation(url, { query: customers('rank') })).errors).toBeUndefined();
  }, 120_000);
});
