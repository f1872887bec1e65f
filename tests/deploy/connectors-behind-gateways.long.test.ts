import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startErp } from '../../examples/connectors/erp/erp-service.mjs';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { withoutAccessRules } from '../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { bearer, startTokenIssuer, type TokenIssuer } from '../gateway/access/token-issuer.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { startUntil } from '../run-process.ts';
import { composeGraphFile, installedHive, startHive, startPrograms } from './hive-gateway.ts';

const describeHive = installedHive === undefined ? describe.skip : describe;

const GRAPH = resolve('examples/connectors/erp/graph.yaml');
const SUBGRAPH_SECRET = 'known-to-both-gateways-and-to-our-services';
const ORDERS =
  '{ customers(first: 20) { nodes { email orders { id status total { amount currency } items { number article quantity } } } } }';
const ORDER =
  '{ order(id: "10007") { id placedOn items { article } } none: order(id: "999999") { id } }';

let sandbox: Sandbox;
let issuer: TokenIssuer;
let erp: Awaited<ReturnType<typeof startErp>>;
let folder: string;
/** The URL of each gateway, by its name. */
const gateways = new Map<string, string>();
let hive: Awaited<ReturnType<typeof startHive>> | undefined;
let apollo: ChildProcess | undefined;
const requests: string[] = [];

const programs = startPrograms();
const { start } = programs;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connectors-'));
  sandbox = await startSandbox();
  issuer = await startTokenIssuer();
  erp = await startErp({
    apiKey: 'planted-key-of-the-order-system',
    onRequest: (method, url) => void requests.push(`${method} ${url}`),
  });
  const own = {
    ...sandbox.environment,
    GRAPH,
    ERP_URL: erp.url,
    ERP_API_KEY: 'planted-key-of-the-order-system',
  };
  const closed = { ...issuer.environment, ACCESS: 'closed' };
  gateways.set('an embedded gateway', await start('gateway.js', [], { ...own, ...closed }));
  const names = [...SUBGRAPHS.map(({ name }) => name), 'erp'];
  const servicesFor = async (access: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      await Promise.all(
        names.map(async (name) => {
          const url = await start('subgraph.js', [name], { ...own, ...access });
          return [`${name.toUpperCase()}_SUBGRAPH_URL`, `${url}/graphql`] as const;
        }),
      ),
    );
  const signed = await servicesFor({ SUBGRAPH_SECRET });
  const open = await servicesFor({ SUBGRAPH_ACCESS: 'open' });
  const supergraph = await composeGraphFile(folder, own);
  const withUrls = join(folder, 'with-urls.graphql');
  writeFileSync(withUrls, withServiceUrls(readFileSync(supergraph, 'utf8'), signed));
  gateways.set(
    'a distributed gateway',
    await start('gateway.js', [], { SUPERGRAPH: withUrls, SUBGRAPH_SECRET, ...closed }),
  );
  if (installedHive !== undefined) {
    hive = await startHive(folder, supergraph, {
      ...issuer.environment,
      ...signed,
      SUBGRAPH_SECRET,
    });
    gateways.set('Hive Gateway', hive.url);
  }
  const forApollo = join(folder, 'for-apollo.graphql');
  writeFileSync(
    forApollo,
    withServiceUrls(withoutAccessRules(new Supergraph(readFileSync(supergraph, 'utf8'))).sdl, open),
  );
  const { process: child, match } = await startUntil(
    /listens on (http\S+?)\/?\n/,
    'tests/deploy/apollo-gateway.mjs',
    [forApollo],
    { APOLLO_TELEMETRY_DISABLED: 'true' },
  );
  apollo = child;
  gateways.set('@apollo/gateway', match[1] ?? '');
}, 240_000);
beforeEach(() => {
  requests.length = 0;
});
afterAll(async () => {
  await hive?.close();
  if (apollo !== undefined) {
    const ended = once(apollo, 'exit');
    apollo.kill();
    await ended;
  }
  await programs.end();
  await Promise.all([sandbox.close(), issuer.close(), erp.close()]);
  rmSync(folder, { recursive: true });
});

/** A supergraph that says where its subgraphs are services. */
const withServiceUrls = (sdl: string, urls: Readonly<Record<string, string>>) =>
  sdl.replaceAll(
    /@join__graph\(name: "(\w+)", url: "[^"]*"\)/g,
    (_directive, name: string) =>
      `@join__graph(name: "${name}", url: "${urls[`${name.toUpperCase()}_SUBGRAPH_URL`] ?? ''}")`,
  );

/** @returns what a gateway answers, and the requests to the order system in any order */
async function askGateway(name: string, query: string, scope = 'personal:read crm:write') {
  const token = await issuer.token({ claims: { scope } });
  const { data, errors } = await sendOperation(gateways.get(name) ?? '', { query }, bearer(token));
  return { data: data as unknown, errors, asked: requests.splice(0).sort() };
}

/** The requested items, by call. */
const batchesIn = (asked: readonly string[]) =>
  asked
    .filter((request) => request.includes('/v2/items?'))
    .map((request) => decodeURIComponent(request).split('=')[1]?.split(',') ?? []);

const SEARCHES = '/v2/orders?customerEmail=';

describeHive('the connectors of the example', () => {
  it.each(['a distributed gateway', '@apollo/gateway', 'Hive Gateway'])(
    'answer behind %s as embedded, with one call for each e-mail address and items in batches of fifty',
    async (name) => {
      const embedded = await askGateway('an embedded gateway', ORDERS);
      const behind = await askGateway(name, ORDERS);
      expect(embedded.errors).toBeUndefined();
      expect([behind.data, behind.errors]).toEqual([embedded.data, undefined]);
      // A cast: the query says what is in it.
      const { customers } = embedded.data as {
        readonly customers: { readonly nodes: readonly { readonly email: string | null }[] };
      };
      const emails = new Set(customers.nodes.flatMap(({ email }) => email ?? []));
      for (const { asked } of [embedded, behind]) {
        expect(asked.filter((request) => request.includes(SEARCHES))).toHaveLength(emails.size);
        const batches = batchesIn(asked);
        const distinct = new Set(batches.flat());
        // The last batch has what is left.
        expect(batches.map(({ length }) => length).sort((a, b) => b - a)).toEqual([
          50,
          distinct.size - 50,
        ]);
      }
      // Hive Gateway reads the orders by their numbers, too.
      const others = ({ asked }: typeof embedded) =>
        asked.filter((request) => !/\/v2\/(?:items\?|orders\?)/.test(request));
      expect(others(embedded)).toEqual([]);
      if (name !== 'Hive Gateway') expect(others(behind)).toEqual([]);
    },
  );

  it.each(['a distributed gateway', '@apollo/gateway', 'Hive Gateway'])(
    'find one order, and null for none, behind %s as embedded',
    async (name) => {
      const embedded = await askGateway('an embedded gateway', ORDER);
      const behind = await askGateway(name, ORDER);
      // Hive Gateway repeats calls.
      expect({ ...behind, asked: [...new Set(behind.asked)] }).toEqual(embedded);
    },
  );

  it.each(['an embedded gateway', 'a distributed gateway', 'Hive Gateway'])(
    'refuse a caller without personal:read the orders of customers behind %s',
    async (name) => {
      const { data, errors, asked } = await askGateway(
        name,
        '{ customers(first: 2) { nodes { id orders { id } } } }',
        'payments:read',
      );
      expect(JSON.stringify(data ?? {})).not.toContain('"orders":[');
      expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(
        new Set(['FORBIDDEN']),
      );
      expect(asked).toEqual([]);
    },
  );
});
