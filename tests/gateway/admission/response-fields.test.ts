import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { readCostRules } from '../../../gateway/supergraph/cost-rules.ts';
import { OperationCosts } from '../../../gateway/admission/operation-costs.ts';
import { sendOperation, startTestGateway, type TestGateway } from '../start-gateway.ts';
import { serveSchema } from '../serve-schema.ts';
import { prepare } from '../operation/prepare.ts';

const API = readFileSync('schema/api.graphql', 'utf8');
const SUPERGRAPH = readFileSync('schema/supergraph.graphql', 'utf8');

function count(
  query: string,
  variables: Record<string, unknown> = {},
  sdl = API,
  rules = SUPERGRAPH,
): number {
  const costs = new OperationCosts({
    schema: buildSchema(sdl),
    rules: readCostRules(parse(rules)),
    tables: {},
  });
  return costs.of(prepare(query), variables).answerFields;
}

describe('the maximum number of fields in a response', () => {
  it.each([
    ['counts leaves and objects as one each', '{ deal(id: "1") { id stage { id label } } }', 5],
    ['counts the name of a type', '{ deal(id: "1") { __typename } }', 2],
    ['counts a list in full', '{ customers(first: 3) { nodes { id name } } }', 2 + 3 * 2],
    ['takes the default of a size', '{ customers { edges { cursor node { id } } } }', 2 + 20 * 3],
    [
      'multiplies lists in lists',
      '{ customers(first: 2) { nodes { payments(first: 5) { nodes { id } } } } }',
      2 + 2 * (2 + 5),
    ],
    [
      'takes the size that @listSize assumes',
      '{ customer(id: "1") { billingAccounts { id } } }',
      2 + 2,
    ],
    [
      'takes the size that @listSize assumes for a list of lists',
      '{ travelTimes(origins: [], destinations: []) { duration } }',
      1 + 100,
    ],
    [
      'leaves out what belongs to no item',
      '{ customers(first: 100) { pageInfo { endCursor } totalCount } }',
      4,
    ],
    [
      'counts a field once that two fragments select',
      '{ customers(first: 2) { ...P ...P } } fragment P on CustomerConnection { nodes { id } }',
      4,
    ],
    [
      'leaves out what is skipped',
      '{ customers(first: 9) { nodes @skip(if: true) { id } totalCount } }',
      2,
    ],
    ['counts introspection as one field', '{ __schema { types { fields { name } } } }', 1],
  ])('%s', (_rule, query, expected) => {
    expect(count(query)).toBe(expected);
  });

  it('takes sizes from variables and their defaults', () => {
    const query = 'query ($n: Int! = 7) { customers(first: $n) { nodes { id } } }';
    expect(count(query)).toBe(2 + 7);
    expect(count(query, { n: 50 })).toBe(2 + 50);
    expect(count(query, { n: 1e9 })).toBe(2 + 1e9);
  });

  const FOREIGN = `
    type Query { all: [Item] some(first: Int = 4): Items top(limit: Int = 8): [Item] @listSize(slicingArguments: ["limit"]) either: [Any] }
    type Items { edges: [Edge] nodes: [Item] }
    type Edge { node: Item }
    type Item implements Any { id: ID name: String }
    type Other implements Any { id: ID items: [Item] }
    interface Any { id: ID }
    directive @listSize(slicingArguments: [String!]) on FIELD_DEFINITION
    directive @link(url: String, import: [String], as: String) repeatable on SCHEMA
  `;
  it.each([
    ['takes ten for a list of unknown size', '{ all { id } }', 1 + 10],
    [
      'knows the pages of connections by their form',
      '{ some { edges { node { id } } nodes { id } } }',
      1 + 2 + 4 * 2 + 4,
    ],
    [
      'takes the largest type of an interface',
      '{ either { id ... on Item { name } ... on Other { items { id } } } }',
      1 + 10 * (1 + 1 + 10),
    ],
  ])('%s, without a directive', (_rule, query, expected) => {
    expect(count(query, {}, FOREIGN, FOREIGN)).toBe(expected);
  });

  it.each([
    [
      'cost',
      'schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"]) { query: Query }',
    ],
    [
      'federation',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@listSize"])',
    ],
  ])('follows slicing arguments by the %s specification', (_name, link) => {
    expect(
      count('{ top { id } top2: top(limit: 3) { id } }', {}, FOREIGN, `${link} ${FOREIGN}`),
    ).toBe(2 + 8 + 3);
  });

  it("follows @listSize under federation's own name where it is not imported", () => {
    const sdl = FOREIGN.replaceAll('@listSize', '@federation__listSize');
    const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")';
    expect(count('{ top { id } }', {}, sdl, `${link} ${sdl}`)).toBe(1 + 8);
  });

  it('exceeds all limits for exponentially nested fragments', () => {
    const level = (at: number) =>
      ['a', 'b']
        .map(
          (name) =>
            `${name}${String(at)}: customers(first: 1) { nodes { company { ...F${String(at + 1)} } } }`,
        )
        .join(' ');
    const levels = Array.from(
      { length: 60 },
      (_, at) => `fragment F${String(at)} on Company { ${level(at)} }`,
    );
    expect(
      count(`{ company(id: "1") { ...F0 } } ${levels.join(' ')} fragment F60 on Company { id }`),
    ).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe.each(['embedded', 'distributed'] as const)(
  'an operation whose response could be too large, %s',
  (mode) => {
    let gateway: TestGateway | undefined;
    afterEach(() => gateway?.close());

    const NESTED =
      '{ customers(first: 100) { nodes { company { customers(first: 100) { nodes { company { customers(first: 100) { nodes { id } } } } } } } } }';

    it('is refused before a vendor call, also when it is repeated', async () => {
      gateway = await startTestGateway({ mode });
      const before = gateway.sandbox.hubspot.requests.length;
      for (let time = 0; time < 2; time += 1) {
        const { status, errors } = await gateway.query(NESTED);
        expect([status, errors]).toMatchObject([
          400,
          [{ extensions: { code: 'OPERATION_TOO_COMPLEX', retryable: false } }],
        ]);
      }
      expect(gateway.sandbox.hubspot.requests).toHaveLength(before);
    });

    it('is measured by the setting, for each request with another size in its variables', async () => {
      gateway = await startTestGateway({ mode, environment: { MAX_ANSWER_FIELDS: '12' } });
      const query = 'query ($n: Int!) { customers(first: $n) { nodes { id } } }';
      const answers = [];
      for (const n of [10, 11, 10, 11]) answers.push(await gateway.query(query, { n }));
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 400]);
      expect(answers[1]?.errors).toMatchObject([
        {
          message:
            'The operation can have a response of 13 fields, and the limit is 12, counting each list in full. Use smaller pages, or split the operation.',
        },
      ]);
    });

    it('is measured for each audience', async () => {
      gateway = await startTestGateway({ mode, environment: { MAX_ANSWER_FIELDS: '12' } });
      const asked = (first: number) => ({
        query: `{ places(text: "tea", first: ${String(first)}) { nodes { id } } }`,
      });
      const answers = [
        await askAudience(gateway, asked(10)),
        await askAudience(gateway, asked(11)),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    });
  },
);

async function askAudience({ url }: TestGateway, body: object) {
  const response = await fetch(`${url}/graphql/public`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

describe('a service of a subgraph', () => {
  it('allows a response four times as large, as its gateway adds fields, and as many entities as the gateway sends', async () => {
    const environment = { MAX_ANSWER_FIELDS: '3', SUBGRAPH_SECRET: '', SUBGRAPH_ACCESS: 'open' };
    const gateway = await startTestGateway({ mode: 'distributed', environment });
    try {
      const url = gateway.urls[1] ?? '';
      const list = (first: number) =>
        sendOperation(url, { query: `{ customers(first: ${String(first)}) { nodes { id } } }` });
      expect([(await list(10)).status, (await list(11)).status]).toEqual([200, 400]);
      const representations = Array.from({ length: 50 }, () => ({
        __typename: 'Customer',
        id: '1',
      }));
      const query =
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { id name } } }';
      expect((await sendOperation(url, { query, variables: { of: representations } })).status).toBe(
        200,
      );
    } finally {
      await gateway.close();
    }
  });
});

describe('the schema of another service', () => {
  it('is measured by its own lists', async () => {
    const server = await serveSchema({
      typeDefs: '"Read." type Query { "All." all: [Item] } "One." type Item { "Its id." id: ID }',
      resolvers: {},
      environment: { MAX_ANSWER_FIELDS: '10' },
    });
    try {
      expect((await sendOperation(server.url, { query: '{ all { id } }' })).status).toBe(400);
    } finally {
      await server.close();
    }
  });
});
