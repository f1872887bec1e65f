import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildSchema, isObjectType } from 'graphql';
import { describeBuilt } from '../built-program.ts';
import { ask } from '../gateway/start-gateway.ts';

const PAGE = readFileSync('docs/own-graph.md', 'utf8');
/** All blocks of a language, as a reader copies them. */
const blocks = (language: string) =>
  Array.from(
    PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')),
    ([, code = '']) => code,
  );

let folder: string;
let servicePort: number;
const shells: ChildProcess[] = [];

/** What the page says, with a port that is free in place of the service's. */
const asWritten = (code: string) => code.replaceAll('4010', String(servicePort));

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Runs commands of which the last one starts a gateway. @returns its URL */
async function startBy(commands: string): Promise<string> {
  const port = String(await findFreePort());
  // In a process group of its own, which ends as a whole.
  const shell = spawn('/bin/sh', ['-c', asWritten(commands)], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: port },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  shells.push(shell);
  let output = '';
  for await (const text of shell.stderr.setEncoding('utf8')) {
    output += String(text);
    const [, url] = /Playground: open (\S+)\/ in a browser/.exec(output) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`Expected a gateway to start, but got: ${output}`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
  for (const name of ['dist', 'examples', 'node_modules', 'package.json', 'schema'])
    symlinkSync(resolve(name), join(folder, name));
  mkdirSync(join(folder, 'my-graph'));
  servicePort = await findFreePort();
});
afterAll(() => {
  for (const { pid } of shells) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

describeBuilt('docs/own-graph.md, followed as it is written', () => {
  const [example = '', steps = ''] = blocks('sh');
  const [query = '', mutation = '', filtered = ''] = blocks('graphql');
  const EXPECTED = {
    customers: {
      nodes: Array.from({ length: 2 }, () => ({
        name: expect.any(String),
        loyaltyTier: expect.stringMatching(/^(GOLD|SILVER|UNKNOWN)$/),
        points: expect.any(Number),
        company: { name: expect.any(String) },
        payments: { nodes: [{ status: expect.any(String) }] },
        address: {
          place: { location: { latitude: expect.any(Number), longitude: expect.any(Number) } },
        },
      })),
    },
    programmes: [{ name: 'Early birds' }, { name: 'Frequent flyers' }],
  };

  it('starts the example, which answers each operation of the page', async () => {
    const url = await startBy(example);
    const first = await ask(url, { query });
    expect([first.errors, first.data]).toEqual([undefined, EXPECTED]);
    const created = await ask(url, { query: mutation });
    expect(created.data).toEqual({
      createCustomer: { customer: { loyaltyTier: 'GOLD' }, userErrors: [] },
    });
    const { data, errors } = await ask(url, { query: filtered });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toEqual(
      expect.arrayContaining([{ loyaltyTier: 'GOLD', memberSince: expect.any(String) }]),
    );
  });

  it('makes a graph from the account and the service, with a schema for code generators', async () => {
    const file = blocks('yaml').find((code) => code.startsWith('# my-graph/graph.yaml\n'));
    writeFileSync(join(folder, 'my-graph/graph.yaml'), asWritten(file ?? ''));
    const commands = steps.trimEnd().split('\n');
    const start = commands.pop() ?? '';
    const { status, stderr } = spawnSync('/bin/sh', ['-ec', asWritten(commands.join('\n'))], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('loyalty.graphql is now the SDL'),
    ]);
    const api = readFileSync(join(folder, 'my-graph/composed/api.graphql'), 'utf8');
    const customer = buildSchema(api).getType('Customer');
    expect(isObjectType(customer) && customer.getFields()).toMatchObject({
      loyaltyTier: {},
      points: {},
    });
    const url = await startBy(start);
    const { data, errors } = await ask(url, { query });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toHaveLength(2);
    expect(data.customers.nodes[0]).toMatchObject({
      loyaltyTier: expect.any(String),
      points: expect.any(Number),
    });
  });
});
