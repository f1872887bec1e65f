import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const SORTED = 'query ($sort: CustomerSort!) { customers(first: 1, sort: $sort) { nodes { id } } }';

/** Questions that are nearly right. */
const NEARLY: readonly (readonly [query: string, variables: object])[] = [
  ['{ custommers { nodes { id } } }', {}],
  ['{ customers(frist: 1) { nodes { id } } }', {}],
  ['{ customers { nodes { payment { nodes { id } } } } }', {}],
  ['fragment F on Custommer { id } { customers { nodes { ...F } } }', {}],
  ['{ customers }', {}],
  ['{ customers(sort: { field: LAST_NAM }) { nodes { id } } }', {}],
  ['{ customers(filter: { cty: "Oslo" }) { nodes { id } } }', {}],
  ['query ($sort: CustomerSor!) { customers(sort: $sort) { nodes { id } } }', {}],
  [SORTED, { sort: { field: 'LAST_NAM' } }],
  [SORTED, { sort: { field: 'LAST_NAME', directon: 'ASCENDING' } }],
];

describe.each(['embedded', 'distributed'] as const)(
  'a gateway without introspection, %s',
  (mode) => {
    let silent: TestGateway;
    let open: TestGateway;
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await startSandbox();
      silent = await startTestGateway({ mode, sandbox, environment: { INTROSPECTION: 'false' } });
      open = await startTestGateway({ mode, sandbox });
      // So that what has these variables came before.
      await silent.query(SORTED, { sort: { field: 'LAST_NAME' } });
    });
    afterAll(async () => {
      await silent.close();
      await open.close();
      await sandbox.close();
    });

    it.each(NEARLY)(
      'says that it is wrong, not what may have been meant: %s %j',
      async (query, variables) => {
        const [quiet, helpful] = await Promise.all([
          silent.query(query, variables),
          open.query(query, variables),
        ]);
        const messages = (quiet.errors ?? []).map(({ message }) => message);
        expect(messages.length).toBeGreaterThan(0);
        expect(messages.join()).not.toContain('Did you mean');
        expect((helpful.errors ?? []).map(({ message }) => message)).toEqual(
          messages.map((message) => expect.stringMatching(startOf(message))),
        );
        expect(helpful.errors?.[0]?.message).toMatch(/ Did you mean .+\?$/);
      },
    );

    it('shows no schema in any other way', async () => {
      expect((await fetch(`${silent.url}/schema.graphql`)).status).toBe(404);
      for (const query of [
        '{ __schema { queryType { name } } }',
        '{ __type(name: "Query") { name } }',
        'query A { ...F } fragment F on Query { s: __schema { __typename } }',
      ]) {
        const { data, errors } = await silent.query(query);
        expect([data, errors?.[0]?.message]).toEqual([
          undefined,
          'Introspection is disabled on this server.',
        ]);
      }
    });
  },
);

const startOf = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
