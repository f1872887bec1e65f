import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { codeBlock } from '../docs/code-blocks.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { TRACED } from '../gateway/traced.ts';

const README = 'examples/connectors/weather/README.md';
const ENVIRONMENT = {
  PORT: '0',
  // No call is cut because the machine is slow.
  VENDOR_TIMEOUT_MS: '0',
  GRAPH: resolve('examples/connectors/weather/graph.yaml'),
};

let gateway: Program;
let service: Program;
beforeAll(async () => {
  gateway = startProgram('gateway.js', [], ENVIRONMENT);
  service = startProgram('subgraph.js', ['weather'], ENVIRONMENT);
  await Promise.all([gateway.url, service.url]);
});
afterAll(async () => {
  await Promise.all([gateway.end(), service.end()]);
});

const HOUR = { startsAt: expect.stringMatching(/:00:00/), temperature: expect.any(Number) };

describeBuilt('a gateway with the weather feed, without keys and network', () => {
  // First: later responses are cached.
  it('loads the weather of a place once for all customers there', async () => {
    const query = `{ customers(first: 100) { nodes { address { place { location { latitude longitude } forecast { source } } } } } }`;
    const { data, errors, extensions } = await sendOperation(await gateway.url, { query }, TRACED);
    expect(errors).toBeUndefined();
    const found = data.customers.nodes.flatMap(({ address }: { address: Address | null }) =>
      address?.place == null ? [] : [JSON.stringify(address.place.location)],
    );
    const points = new Set(found).size;
    expect(points).toBeLessThan(found.length);
    const paths = extensions?.upstream?.map(({ vendor, path }) => `${vendor} ${path}`) ?? [];
    expect(paths.filter((path) => path.startsWith('nws /points/'))).toHaveLength(points);
  });

  it('answers the query of its page, with forecasts of both services', async () => {
    const { data, errors } = await sendOperation(await gateway.url, {
      query: codeBlock(README, 'graphql'),
    });
    expect(errors).toBeUndefined();
    const places = data.customers.nodes.map(({ address }: { address: Address }) => address.place);
    expect(new Set(places.map(({ forecast }: Place) => forecast.source))).toEqual(
      new Set(['NWS', 'MET_NORWAY']),
    );
    for (const { forecast, alerts } of places as readonly Place[]) {
      expect(forecast.hourly).toHaveLength(48);
      expect(forecast.hourly[0]).toEqual(HOUR);
      expect(alerts).toEqual(forecast.source === 'NWS' ? expect.any(Array) : null);
    }
  });

  it.each([
    ['examples/connectors/weather/forecast.graphql', (file: string) => readFileSync(file, 'utf8')],
    ['docs/own-graph.md', (file: string) => readFileSync(file, 'utf8').split('## Data feeds')[1]],
  ])('answers the query of %s', async (file, read) => {
    const text = read(file) ?? '';
    const query = /```graphql\n(.*?)```/s.exec(text)?.[1] ?? text;
    const { data, errors } = await sendOperation(await gateway.url, { query });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes[0].address.place.forecast.hourly[0]).toMatchObject(HOUR);
  });

  it('says at start that the weather is invented, and why', () => {
    expect(gateway.output()).toContain(
      'weather: sandbox vendors nws, metno with invented data, because FEEDS_CONTACT is not set',
    );
  });

  it('does not start in production without a contact', async () => {
    const refused = startProgram('gateway.js', [], { ...ENVIRONMENT, NODE_ENV: 'production' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('FEEDS_CONTACT must be set in production');
  });
});

describeBuilt('the weather feed as a service of its own', () => {
  it('responds to any gateway by the coordinates of a place', async () => {
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Place { forecast { source hourly { startsAt } } alerts { id } } } }';
    const of = [
      { __typename: 'Place', location: { latitude: 40.7484, longitude: -73.9857 } },
      { __typename: 'Place', location: { latitude: 59.912, longitude: 10.734 } },
    ];
    const { data, errors } = await sendOperation(await service.url, { query, variables: { of } });
    expect(errors).toBeUndefined();
    expect(data._entities).toMatchObject([
      { forecast: { source: 'NWS' }, alerts: expect.any(Array) },
      { forecast: { source: 'MET_NORWAY' }, alerts: null },
    ]);
  });
});

interface Address {
  readonly place: Place;
}

interface Place {
  readonly location: object;
  readonly forecast: { readonly source: string; readonly hourly: readonly object[] };
  readonly alerts: readonly object[] | null;
}
