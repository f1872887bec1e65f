import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { codeBlock } from '../docs/code-blocks.ts';
import { comparable } from '../federation/compare.ts';
import { ANSWERED_EXAMPLES } from '../examples/example-operations.ts';
import { bearer, startTokenIssuer, type TokenIssuer } from '../gateway/access/token-issuer.ts';
import { startStandInService } from '../gateway/engines/planned/stand-in-service.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { startUntil } from '../run-process.ts';
import { freePort } from '../state/redis-server.ts';
import { composeGraphFile, installedHive, startHive, startPrograms } from './hive-gateway.ts';

const describeHive = installedHive === undefined ? describe.skip : describe;

const SUBGRAPH_SECRET = 'known-to-both-gateways-and-to-our-services';
const ALL = 'personal:read payments:read crm:write payments:write';

interface Operation {
  readonly name: string;
  readonly query: string;
  readonly variables?: object | undefined;
}

const HOME_SCREEN = readFileSync('examples/mobile/home-screen.graphql', 'utf8');
const EXAMPLE_OPERATIONS: readonly Operation[] = [
  ...ANSWERED_EXAMPLES,
  { name: 'HomeScreen', query: HOME_SCREEN },
];
function exampleNamed(name: string): Operation {
  const found = ANSWERED_EXAMPLES.find((example) => example.name === name);
  if (found === undefined) throw new Error(`There is no example ${name}.`);
  return found;
}
const OWN_OPERATIONS: readonly Operation[] = [
  { name: 'OwnGraph', query: codeBlock('docs/own-graph.md', 'graphql') },
  {
    name: 'OwnFilter',
    query:
      '{ customers(filter: { loyaltyTier: GOLD, memberSinceFrom: "2020-01-01" }) { nodes { loyaltyTier points } } }',
  },
];

describeHive.each([
  { graph: 'the committed supergraph', isOwn: false, operations: EXAMPLE_OPERATIONS },
  {
    graph: 'the supergraph that tributary compose writes for a graph.yaml',
    isOwn: true,
    operations: [...EXAMPLE_OPERATIONS, ...OWN_OPERATIONS],
  },
])('Hive Gateway with $graph over our subgraph services', ({ isOwn, operations }) => {
  let issuer: TokenIssuer;
  let sandboxes: readonly Sandbox[] = [];
  let loyalty: Awaited<ReturnType<typeof startLoyalty>> | undefined;
  let ours: string;
  let mapsUrl: string;
  let hive: Awaited<ReturnType<typeof startHive>>;
  let folder: string;

  const programs = startPrograms();
  const { start } = programs;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hive-'));
    // One for each gateway: a mutation takes effect in both.
    const [first, second] = await Promise.all([startSandbox(), startSandbox()]);
    sandboxes = [first, second];
    issuer = await startTokenIssuer();
    if (isOwn) loyalty = await startLoyalty();
    const graph: Readonly<Record<string, string>> =
      loyalty === undefined
        ? {}
        : { GRAPH: resolve('examples/own-graph/graph.yaml'), LOYALTY_URL: loyalty.service.url };
    const access = { ...issuer.environment, ACCESS: 'closed' };
    ours = await start('gateway.js', [], { ...first.environment, ...graph, ...access });
    const services = await Promise.all(
      SUBGRAPHS.map(async ({ name }) => {
        const environment = { ...second.environment, ...graph, SUBGRAPH_SECRET };
        const url = await start('subgraph.js', [name], environment);
        if (name === 'maps') mapsUrl = url;
        return [`${name.toUpperCase()}_SUBGRAPH_URL`, `${url}/graphql`] as const;
      }),
    );
    const supergraph = isOwn
      ? await composeGraphFile(folder, graph)
      : resolve('schema/supergraph.graphql');
    hive = await startHive(folder, supergraph, {
      ...issuer.environment,
      ...Object.fromEntries(services),
      SUBGRAPH_SECRET,
    });
  }, 240_000);
  afterAll(async () => {
    await hive.close();
    await programs.end();
    await loyalty?.close();
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    await issuer.close();
    rmSync(folder, { recursive: true });
  });

  const askAs = async (url: string, { query, variables }: Operation, scope: string) => {
    const token = await issuer.token({ claims: { scope } });
    const { data, errors } = await sendOperation(url, { query, variables }, bearer(token));
    // A cast: `ask` types no data.
    return comparable({ data: data as Record<string, unknown>, errors: errors ?? [] });
  };
  const expectEqual = async (operation: Operation, scope: string) => {
    const expected = await askAs(ours, operation, scope);
    const answer = await askAs(hive.url, operation, scope);
    expect(answer.data).toEqual(expected.data);
    expect(withoutIndexes(answer.errors)).toEqual(withoutIndexes(expected.errors));
    return expected;
  };

  it.each(operations)('answers $name as this gateway does', async (operation) => {
    const { data, errors } = await expectEqual(operation, ALL);
    expect([errors, data]).toEqual([[], expect.anything()]);
  });

  it.each(operations)(
    'answers $name as this gateway does for a caller without personal:read',
    async (operation) => {
      await expectEqual(operation, 'payments:read');
    },
  );

  it('refuses the caller what this gateway refuses, with the same codes', async () => {
    const operation = exampleNamed('OpenInvoices');
    expect(withoutIndexes((await expectEqual(operation, 'payments:read')).errors)).toEqual([
      'FORBIDDEN invoices.nodes.customer',
    ]);
  });

  it('has map images in its answers that the maps service serves', async () => {
    const operation = exampleNamed('CompanyPeople');
    const { data } = await askAs(hive.url, operation, ALL);
    const [, path = ''] = /"path":"([^"]+)"/.exec(JSON.stringify(data)) ?? [];
    const image = await fetch(new URL(path, mapsUrl));
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  it('knows no field that joins the subgraphs', async () => {
    const headers = bearer(await issuer.token({ claims: { scope: ALL } }));
    for (const hidden of ['billingLink { emails }', 'billingLink { reference }']) {
      const query = `{ customers(first: 1) { nodes { ${hidden} } } }`;
      const { data, errors } = await sendOperation(hive.url, { query }, headers);
      expect([data, errors?.length]).toEqual([undefined, 1]);
    }
  });

  it('refuses a request without a token', async () => {
    const { status, data } = await sendOperation(hive.url, {
      query: '{ customers { nodes { id } } }',
    });
    expect([status, data ?? null]).toEqual([401, null]);
  });

  it('hands on no signature that a client has made up', async () => {
    const query = '{ customers(first: 1) { nodes { id } } }';
    const headers = bearer(await issuer.token({ claims: { scope: ALL } }));
    const { errors } = await sendOperation(
      hive.url,
      { query },
      { ...headers, 'x-tributary-caller': 'x' },
    );
    expect(errors).toBeUndefined();
  });

  it('answers as this gateway does while a vendor is down', async () => {
    for (const { stripe } of sandboxes) stripe.fault = '500';
    const customers = exampleNamed('Customers');
    const { errors } = await expectEqual(customers, ALL);
    for (const { stripe } of sandboxes) stripe.fault = null;
    expect(withoutIndexes(errors)).toEqual(['UPSTREAM_UNAVAILABLE customers.edges.node.payments']);
  });

  it('shows the signature to our services only', () => {
    const requests = loyalty?.service.requests ?? [];
    expect(requests.length > 0).toBe(isOwn);
    for (const { headers } of requests) expect(headers).not.toHaveProperty('x-tributary-caller');
  });
});

/** Hive leaves the positions in lists out of the paths of errors, or names the first for all. */
const withoutIndexes = (errors: readonly string[]) => [
  ...new Set(errors.map((error) => error.replaceAll(/\.\d+(?=\.|$)/g, ''))),
];

/** The service of the example, and one before it that shows what it is sent. */
async function startLoyalty() {
  const port = String(await freePort());
  const script = 'examples/own-graph/loyalty-service.mjs';
  const { process: example } = await startUntil(/listens on/, script, [], { PORT: port });
  const service = await startStandInService(async ({ query, variables }) => {
    const body = JSON.stringify({ query, variables });
    return (await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', body })).json();
  });
  const close = async () => {
    const ended = once(example, 'exit');
    example.kill();
    await Promise.all([ended, service.close()]);
  };
  return { service, close };
}
