import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { withoutAccessRules } from '../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { buildAudienceSchema } from '../../gateway/audiences/audience-schema.ts';
import { readMetrics, samplesOf } from '../monitoring/read-metrics.ts';
import { tagged } from '../schema/tagged.ts';
import { serveSchema } from './serve-schema.ts';
import { codesAndPaths, startTestGateway, type TestGateway } from './start-gateway.ts';

const MODES = ['embedded', 'distributed'] as const;

const sdlOf = (name: string) => readFileSync(`schema/audiences/${name}.graphql`, 'utf8');

/** What the shipped graph has no reason to hide, but another might. */
const HIDDEN_PARTS = [
  'TravelMode.TRANSIT',
  'PlacePrecision.APPROXIMATE',
  'PlaceInput.placeId',
  'Query.places(near:)',
  'Query.customers(first:)',
  'Customer.deals(first:)',
];
const { sdl: open } = withoutAccessRules(
  new Supergraph(readFileSync('schema/supergraph.graphql', 'utf8')),
);
const partly = buildAudienceSchema(new Supergraph(tagged(open, 'hidden', HIDDEN_PARTS)), {
  exclude: ['hidden'],
});

async function post(url: string, query: string, variables?: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as Awaited<ReturnType<TestGateway['query']>>;
  return {
    status: response.status,
    data,
    errors,
    calls: response.headers.get('x-tributary-upstream-calls'),
  };
}

describe.each(MODES)('an audience of the %s gateway', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const shipped = ['public', 'partner', 'private'].map((name) => [name, sdlOf(name)] as const);
    gateway = await startTestGateway({
      mode,
      audiences: new Map([...shipped, ['partly', partly]]),
    });
  });
  afterAll(() => gateway.close());

  const ask = (audience: string, query: string, variables?: object) =>
    post(`${gateway.url}/graphql/${audience}`, query, variables);
  const whole = (query: string, variables?: object) =>
    post(`${gateway.url}/graphql`, query, variables);

  const SHOWN: readonly (readonly [string, string, string])[] = [
    [
      'public',
      'a place',
      '{ geocode(address: "1 Market St, San Francisco") { id formattedAddress precision location { latitude } } }',
    ],
    [
      'public',
      'places',
      'query P($near: GeoPointInput) { places(text: "coffee", near: $near, first: 2) { nodes { id } pageInfo { hasNextPage } } }',
    ],
    [
      'partner',
      'customers',
      '{ customers(first: 3) { nodes { __typename id name company { name deals(first: 1) { nodes { title amount { amount } } } } } } }',
    ],
    [
      'partner',
      'the place of an address',
      '{ companies(first: 2) { nodes { address { formatted place { id } map { width } } } } }',
    ],
    [
      'private',
      'payments',
      '{ customers(first: 2) { nodes { name payments(first: 2) { nodes { id amount { amount } } } } } }',
    ],
  ];

  it.each(SHOWN)('has what it is to have: %s %s', async (audience, _what, query) => {
    const [expected, first, again] = [
      await whole(query),
      await ask(audience, query),
      await ask(audience, query),
    ];
    expect([expected.status, expected.errors]).toEqual([200, undefined]);
    expect(first.data).toEqual(expected.data);
    expect(again.data).toEqual(expected.data);
  });

  const LACKED: readonly (readonly [string, string, string, object | undefined])[] = [
    ['public', 'a field', '{ customers { nodes { id } } }', undefined],
    [
      'public',
      'a field under an alias, in a fragment',
      '{ ...F } fragment F on Query { x: payments { nodes { id } } }',
      undefined,
    ],
    [
      'public',
      'a mutation',
      'mutation { createCustomer(input: { firstName: "A" }) { customer { id } } }',
      undefined,
    ],
    [
      'partner',
      'a field of a type that it has',
      '{ customers(first: 1) { nodes { payments(first: 1) { nodes { id } } } } }',
      undefined,
    ],
    [
      'partner',
      'a mutation among others',
      'mutation { refundPayment(input: { paymentId: "pi_1" }) { refund { id } } }',
      undefined,
    ],
    [
      'partly',
      'an argument',
      '{ places(text: "x", near: { latitude: 1, longitude: 1 }) { nodes { id } } }',
      undefined,
    ],
    [
      'partly',
      'an enum value',
      '{ route(from: { address: "a" }, to: { address: "b" }, mode: TRANSIT) { distance } }',
      undefined,
    ],
    [
      'partly',
      'an input field',
      '{ route(from: { placeId: "a" }, to: { address: "b" }) { distance } }',
      undefined,
    ],
    [
      'partly',
      'an enum value in a variable',
      'query ($mode: TravelMode!) { route(from: { address: "a" }, to: { address: "b" }, mode: $mode) { distance } }',
      { mode: 'TRANSIT' },
    ],
    [
      'partly',
      'an input field in a variable',
      'query ($from: PlaceInput!) { route(from: $from, to: { address: "b" }) { distance } }',
      { from: { placeId: 'a' } },
    ],
  ];

  it.each(LACKED)(
    '%s does not have %s, though the whole graph does: it costs no call',
    async (audience, _what, query, variables) => {
      // Valid elsewhere, and known there: that must not help here.
      for (let time = 0; time < 2; time += 1)
        expect(await whole(query, variables)).toMatchObject({
          status: 200,
          data: expect.anything(),
        });
      for (let time = 0; time < 3; time += 1) {
        const { data, errors, calls } = await ask(audience, query, variables);
        expect(data).toBeUndefined();
        expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
          expect.stringMatching(/GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT/),
        ]);
        expect(calls).toBe('0');
      }
    },
  );

  it.each([
    ['public', '{ custome { id } }', 'Cannot query field "custome" on type "Query".'],
    ['public', '{ geocode(address: "x") { ... on Paymen { id } } }', 'Unknown type "Paymen".'],
    [
      'partner',
      '{ customer(id: "1") { balanc } }',
      'Cannot query field "balanc" on type "Customer".',
    ],
    [
      'partly',
      '{ route(from: { placeI: "a" }, to: { address: "b" }) { distance } }',
      'Field "placeI" is not defined by type "PlaceInput".',
    ],
    [
      'partly',
      '{ route(from: { address: "a" }, to: { address: "b" }, mode: TRANSI) { distance } }',
      'Value "TRANSI" does not exist in "TravelMode" enum.',
    ],
    [
      'partly',
      '{ places(text: "x", nea: null) { nodes { id } } }',
      'Unknown argument "nea" on field "Query.places".',
    ],
  ])('suggests nothing that is hidden: %s %s', async (audience, query, message) => {
    expect((await ask(audience, query)).errors?.map((error) => error.message)).toEqual([message]);
    expect((await whole(query)).errors?.[0]?.message).toContain('Did you mean');
  });

  it.each([
    ['{ geocode(address: "x") { ... on Payment { id } } }', 'Unknown type "Payment".'],
    [
      'query ($sort: CustomerSort) { geocode(address: "x") { id } }',
      'Unknown type "CustomerSort".',
    ],
    ['{ ...F } fragment F on Customer { id }', 'Unknown type "Customer".'],
  ])('knows no hidden type: %s', async (query, message) => {
    const messages = async (answer: ReturnType<typeof whole>) =>
      (await answer).errors?.map((error) => error.message);
    expect(await messages(whole(query))).not.toContain(message);
    expect(await messages(ask('public', query))).toContain(message);
  });

  it('suggests nothing that is hidden where a variable is wrong', async () => {
    const query =
      'query ($mode: TravelMode!) { route(from: { address: "a" }, to: { address: "b" }, mode: $mode) { distance } }';
    const { errors } = await ask('partly', query, { mode: 'TRANSI' });
    expect(errors?.[0]?.message).toMatch(/Value "TRANSI" does not exist in "TravelMode" enum\.$/);
  });

  it.each(['public', 'partner', 'private', 'partly'])(
    'shows by introspection what its SDL says, and no tags: %s',
    async (audience) => {
      const sdl = audience === 'partly' ? partly : sdlOf(audience);
      await whole(getIntrospectionQuery({ specifiedByUrl: true }));
      for (let time = 0; time < 2; time += 1) {
        const { data } = await ask(audience, getIntrospectionQuery({ specifiedByUrl: true }));
        const shown = lexicographicSortSchema(buildClientSchema(data as IntrospectionQuery));
        expect(printSchema(shown) === printSchema(lexicographicSortSchema(buildSchema(sdl)))).toBe(
          true,
        );
        expect(
          (data as IntrospectionQuery).__schema.directives.map(({ name }) => name).sort(),
        ).toEqual(['deprecated', 'include', 'oneOf', 'skip', 'specifiedBy']);
      }
    },
  );

  it('does not know a hidden type by its name', async () => {
    const query = '{ __type(name: "Payment") { name } shown: __type(name: "Place") { name } }';
    expect((await whole(query)).data).toEqual({
      __type: { name: 'Payment' },
      shown: { name: 'Place' },
    });
    expect((await ask('public', query)).data).toEqual({
      __type: null,
      shown: { name: 'Place' },
    });
  });

  it('gives hidden arguments their defaults', async () => {
    const query = '{ customers { nodes { id deals { nodes { id } } } } }';
    const { data, errors } = await ask('partly', query);
    expect(errors).toBeUndefined();
    expect(data).toEqual((await whole(query)).data);
  });

  it('does not name a hidden value that a vendor gives', async () => {
    const query = '{ geocode(address: "San Francisco") { id precision } }';
    expect((await whole(query)).data.geocode.precision).toBe('APPROXIMATE');
    const { data, errors } = await ask('partly', query);
    expect(data).toEqual({ geocode: { id: expect.any(String), precision: null } });
    expect(codesAndPaths(errors)).toEqual(['INTERNAL_SERVER_ERROR geocode.precision']);
    expect(JSON.stringify(errors)).not.toContain('APPROXIMATE');
  });

  it('can change what it may change', async () => {
    const query =
      'mutation ($email: String!) { createCustomer(input: { email: $email }) { customer { email } userErrors { message } } }';
    const email = `${mode}@audiences.example`;
    expect((await ask('partner', query, { email })).data).toEqual({
      createCustomer: { customer: { email }, userErrors: [] },
    });
  });

  it('is nothing where there is no such audience', async () => {
    for (const path of [
      '/graphql/nobody',
      '/graphql/constructor',
      '/graphql/',
      '/graphql/public/public',
      '/graphql/PUBLIC',
    ]) {
      const { status, errors } = await post(`${gateway.url}${path}`, '{ __typename }');
      expect([path, status, errors?.[0]]).toEqual([
        path,
        404,
        {
          message: 'This path does not exist.',
          extensions: { code: 'NOT_FOUND', retryable: false },
        },
      ]);
    }
  });

  it('has its own SDL beside that of the whole graph', async () => {
    for (const audience of ['public', 'partner', 'private']) {
      const response = await fetch(`${gateway.url}/schema/${audience}.graphql`);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'text/plain; charset=utf-8',
      ]);
      expect((await response.text()) === sdlOf(audience)).toBe(true);
    }
    expect((await fetch(`${gateway.url}/schema/nobody.graphql`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/schema/public`)).status).toBe(404);
    expect(await (await fetch(`${gateway.url}/schema.graphql`)).text()).not.toMatch(
      /@tag|directive/,
    );
  });

  it('answers GET too', async () => {
    const query = encodeURIComponent(
      '{ geocode(address: "1 Market St, San Francisco") { __typename } }',
    );
    const headers = { accept: 'application/json', 'apollo-require-preflight': '1' };
    const response = await fetch(`${gateway.url}/graphql/public?query=${query}`, { headers });
    expect(await response.json()).toEqual({ data: { geocode: { __typename: 'Place' } } });
  });

  it('is named in the log and in metrics', async () => {
    const before = samplesOf(
      await readMetrics(gateway.url),
      'tributary_operation_duration_seconds_count',
    );
    const [ofPublic, ofNone] = [
      '{operation="Named",type="query",outcome="complete",audience="public"}',
      '{operation="Named",type="query",outcome="complete"}',
    ];
    const query = 'query Named { __typename }';
    for (let time = 0; time < 3; time += 1) await ask('public', query);
    await whole(query);
    const after = samplesOf(
      await readMetrics(gateway.url),
      'tributary_operation_duration_seconds_count',
    );
    expect([before[ofPublic], after[ofPublic], after[ofNone]]).toEqual([undefined, 3, 1]);
    const lines = gateway.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ operation }) => operation === 'Named');
    expect(lines.map(({ route, audience }) => [route, audience])).toEqual([
      ...Array.from({ length: 3 }, () => ['/graphql/:audience', 'public']),
      ['/graphql', undefined],
    ]);
  });
});

describe.each(MODES)('the %s gateway in production', (mode) => {
  it('shows an audience neither its schema nor its SDL', async () => {
    const gateway = await startTestGateway({ mode, environment: { INTROSPECTION: 'false' } });
    try {
      const { errors } = await post(
        `${gateway.url}/graphql/public`,
        '{ __schema { queryType { name } } }',
      );
      expect(errors?.[0]?.message).toBe('Introspection is disabled on this server.');
      expect((await post(`${gateway.url}/graphql/public`, '{ __typename }')).data).toEqual({
        __typename: 'Query',
      });
      expect((await fetch(`${gateway.url}/schema/public.graphql`)).status).toBe(404);
    } finally {
      await gateway.close();
    }
  });
});

describe('a supergraph of other services', () => {
  it('has no audiences', async () => {
    const server = await serveSchema({ typeDefs: 'type Query { hello: String }', resolvers: {} });
    try {
      expect((await post(`${server.url}/graphql/public`, '{ __typename }')).status).toBe(404);
      expect((await fetch(`${server.url}/schema/public.graphql`)).status).toBe(404);
    } finally {
      await server.close();
    }
  });
});
