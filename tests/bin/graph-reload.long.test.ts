import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { describeBuilt, type Program, startProgram, untilWritten } from '../built-program.ts';
import {
  startStandInService,
  type StandInService,
} from '../gateway/engines/planned/stand-in-service.ts';
import { sendOperation, type GatewayResponse } from '../gateway/start-gateway.ts';
import { GraphFolder, graphYaml } from './graph-folder.ts';

const SERVICE = 'loyalty: { url: "${LOYALTY_URL}", schema: ./loyalty.graphql }';

/** Two fields that show the same property: another one in each revision. */
const FIELDS = ['loyalty_tier', 'member_since'].map(
  (property) =>
    `extend type Customer {
  one: String @property(name: "${property}")
  two: String @property(name: "${property}")
}
`,
);
const BROKEN = 'extend type Customer {\n  one: Strin\n}\n';

let sandbox: Sandbox;
let loyalty: StandInService;
let folder: GraphFolder;
let program: Program;

beforeAll(async () => {
  sandbox = await startSandbox();
  loyalty = await startStandInService(() => ({ data: { motto: 'carpe diem' } }));
});
afterAll(async () => {
  await loyalty.close();
  await sandbox.close();
});
afterEach(async () => {
  await program.end();
  folder.remove();
});

function start(file: string): Promise<string> {
  folder = new GraphFolder();
  folder.write('graph.yaml', graphYaml({ services: [SERVICE] }));
  folder.write('loyalty.graphql', 'type Query { motto: String }');
  folder.write('crm.fields.graphql', FIELDS[0] ?? '');
  program = startProgram(file, [], {
    ...sandbox.environment,
    // No file is watched.
    NODE_ENV: 'production',
    GRAPH: folder.graph,
    LOYALTY_URL: loyalty.url,
    HUBSPOT_RATE_LIMIT: 'none',
    VENDOR_TIMEOUT_MS: '0',
    REQUEST_TIMEOUT_MS: '120000',
    MAX_CONNECTIONS_PER_ADDRESS: '10000',
    PORT: '0',
    DRAIN_DELAY_MS: '0',
    LOG_LEVEL: 'info',
    ACCESS: 'open',
    ACCESS_OPEN_CONFIRM: '1',
  });
  return program.url;
}

let reloads = 0;

/** Every fifth is broken. */
async function reload(): Promise<void> {
  reloads += 1;
  folder.write('crm.fields.graphql', reloads % 5 === 0 ? BROKEN : (FIELDS[reloads % 2] ?? ''));
  program.child.kill('SIGHUP');
  await untilWritten(program, '"msg":"reloaded"', reloads);
}

const EMBEDDED = '{ customers(first: 1) { nodes { one two } } }';
const PLANNED = '{ customers(first: 1) { nodes { one two } } motto }';

/** Sends so many requests a second, as long as the machine keeps up with them. @returns what ends it, and gives the answers */
function sendSteadily(url: string, perSecond: number) {
  const answers: Promise<GatewayResponse>[] = [];
  let underWay = 0;
  const begun = performance.now();
  const sendOne = () => {
    underWay += 1;
    const query = answers.length % 4 === 0 ? PLANNED : EMBEDDED;
    answers.push(
      sendOperation(url, { query }).finally(() => {
        underWay -= 1;
      }),
    );
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) / 1000) * perSecond;
    while (answers.length < due && underWay < MAX_UNDER_WAY) sendOne();
  }, 5);
  return () => {
    clearInterval(timer);
    return Promise.all(answers);
  };
}

const MAX_UNDER_WAY = 100;

describeBuilt('reloads under load', () => {
  it('fail no request and mix no two graphs: 200 requests a second, 50 reloads, every fifth broken', async () => {
    reloads = 0;
    const url = await start('gateway.js');
    const end = sendSteadily(url, 200);
    while (reloads < 50) await reload();
    const answers = await end();

    expect(answers.filter(({ status, errors }) => status !== 200 || errors !== undefined)).toEqual(
      [],
    );
    const values = answers.map(({ data }) => {
      // A cast: the query says what is in it.
      const [node] = (data as { customers: { nodes: readonly { one: string; two: string }[] } })
        .customers.nodes;
      return `${String(node?.one)} ${String(node?.two)}`;
    });
    const [tier, since] = [values[0] ?? '', values.find((value) => value !== values[0]) ?? ''];
    expect([...new Set(values)].sort()).toEqual([tier, since].sort());
    for (const value of [tier, since]) expect(value.split(' ')[0]).toBe(value.split(' ')[1]);
  }, 1_800_000);
});

interface Measured {
  readonly heap: number;
  readonly threads: number;
  readonly listeners: number;
  readonly resources: Readonly<Record<string, number>>;
}

async function measure(url: string): Promise<Measured> {
  // The graph is in use, as far as it ever is.
  for (const query of [EMBEDDED, PLANNED]) await sendOperation(url, { query });
  program.child.send('measure');
  // A cast: what `measured-gateway.mjs` sends.
  const [measured] = (await once(program.child, 'message')) as [Measured];
  return measured;
}

describeBuilt('200 reloads', () => {
  it('leave no memory, threads, timers, sockets or listeners of earlier graphs', async () => {
    reloads = 0;
    const url = await start('../tests/bin/measured-gateway.mjs');
    const reloadUntil = async (count: number): Promise<Measured> => {
      while (reloads < count) {
        await reload();
        await sendOperation(url, { query: reloads % 2 === 0 ? EMBEDDED : PLANNED });
      }
      return measure(url);
    };
    const early = await reloadUntil(21);
    const late = await reloadUntil(201);

    expect(late.heap).toBeLessThan(early.heap * 1.05);
    expect([late.threads, late.listeners]).toEqual([early.threads, early.listeners]);
    // Connections and timers come and go, a few at a time: none is left for each graph.
    for (const [kind, count] of Object.entries(late.resources))
      expect([kind, count <= (early.resources[kind] ?? 0) + 10]).toEqual([kind, true]);
    expect(late.resources['MessagePort']).toBe(early.resources['MessagePort']);
  }, 3_600_000);
});
