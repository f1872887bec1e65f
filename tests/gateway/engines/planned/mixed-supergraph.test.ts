import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../../../bin/subgraphs.ts';
import { describeBuilt, type Program, startProgram } from '../../../built-program.ts';
import { composeSupergraph } from '../../../federation/compose-supergraph.ts';
import { readSdl } from '../../../subgraphs/open-subgraph.ts';
import {
  sendOperation,
  codesAndPaths,
  startTestGateway,
  SUBGRAPH_SECRET,
  type TestGateway,
} from '../../start-gateway.ts';
import { startStandInService, type StandInService } from './stand-in-service.ts';

const LOYALTY = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Customer @key(fields: "id") { id: ID! points: Int }
  type Query { programmes: [String!] }
`;

const folder = mkdtempSync(join(tmpdir(), 'mixed-'));
let services: TestGateway;
let loyalty: StandInService;
let program: Program;
let url: string;

beforeAll(async () => {
  services = await startTestGateway({ mode: 'distributed' });
  loyalty = await startStandInService(({ query, variables }) => {
    if (!query.includes('_entities')) return { data: { programmes: ['gold'] } };
    const { representations } = variables as { representations: readonly unknown[] };
    return { data: { _entities: representations.map(() => ({ points: 7 })) } };
  });
  const supergraph = composeSupergraph([
    ...SUBGRAPHS.map(({ name }, index) => ({
      name,
      sdl: readSdl(name),
      url: `${services.urls[index + 1] ?? ''}/graphql`,
    })),
    { name: 'loyalty', sdl: LOYALTY, url: loyalty.url },
  ]);
  writeFileSync(join(folder, 'supergraph.graphql'), supergraph.sdl);
  program = startProgram('gateway.js', [], {
    PORT: '0',
    SUPERGRAPH: join(folder, 'supergraph.graphql'),
    SUBGRAPH_SECRET,
    ACCESS: 'open',
    ACCESS_OPEN_CONFIRM: '1',
    LOG_LEVEL: 'warn',
    MAX_VENDOR_CALLS: '50',
  });
  url = await program.url;
});

afterAll(async () => {
  await program.end();
  await services.close();
  await loyalty.close();
  rmSync(folder, { recursive: true });
});

async function askPublic(query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql/public`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  return response.json();
}

describeBuilt('a supergraph of the built-in subgraphs and one more', () => {
  it('joins the fields of a customer from both', async () => {
    const { data, errors } = await sendOperation(url, {
      query:
        '{ customers(first: 1) { nodes { name points payments(first: 1) { nodes { id } } } } }',
    });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes[0]).toMatchObject({
      name: expect.any(String),
      points: 7,
      payments: expect.anything(),
    });
  });

  it('serves map images from the maps service', async () => {
    const query =
      '{ customers(first: 1) { nodes { address { map(width: 64, height: 64) { path } } } } }';
    const { data } = await sendOperation(url, { query });
    const picture = await fetch(`${url}${String(data.customers.nodes[0].address.map.path)}`);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  it('estimates the vendor calls of the built-in subgraphs', async () => {
    const { errors } = await sendOperation(url, {
      query: '{ customers(first: 100) { nodes { billingAccounts { id } points } } }',
    });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('vendor calls (crm '),
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    });
  });

  it('refuses an invalid value of a built-in scalar before it calls a service', async () => {
    const { status, errors } = await sendOperation(url, {
      query: '{ reverseGeocode(location: { latitude: 99, longitude: 0 }) { id } }',
    });
    expect([status, codesAndPaths(errors)]).toEqual([400, ['GRAPHQL_VALIDATION_FAILED ']]);
  });

  it('shows each audience only the elements with its tags', async () => {
    expect((await sendOperation(url, { query: '{ programmes }' })).errors).toBeUndefined();
    const hidden = await askPublic('{ programmes customers(first: 1) { nodes { id } } }');
    expect(JSON.stringify(hidden)).toMatch(
      /Cannot query field \\"programmes\\".*Cannot query field \\"customers\\"/,
    );
    const place = await askPublic('{ geocode(address: "1 Market St, San Francisco") { id } }');
    expect(place).toEqual({ data: { geocode: { id: expect.any(String) } } });
  });

  it('names the subgraph whose service fails, whether it is built in or not', async () => {
    loyalty.answer = (_request, response) => void response.writeHead(503).end();
    const { data, errors } = await sendOperation(url, {
      query: '{ programmes customers(first: 1) { nodes { id points } } }',
    });
    expect(data.customers.nodes[0].points).toBeNull();
    expect(errors?.map(({ extensions }) => extensions?.['service'])).toEqual([
      'loyalty',
      'loyalty',
    ]);
    expect(errors?.[0]?.message).toBe(
      'The subgraph loyalty cannot be reached or failed. Try again later.',
    );
  });
});
