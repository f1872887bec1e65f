import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { ANSWERED_EXAMPLES } from '../examples/example-operations.ts';
import { createKeyFile, type KeyFile } from './access/key-file.ts';
import { bearer } from './access/token-issuer.ts';
import { type GatewayResponse, startTestGateway, type TestGateway } from './start-gateway.ts';

const closing: (() => Promise<void>)[] = [];
let sandbox: Sandbox;
let keys: KeyFile;
let embedded: TestGateway;
let distributed: TestGateway;
beforeAll(async () => {
  keys = await createKeyFile();
  closing.push(() => keys.remove());
  const environment = {
    MAP_SIGNING_SECRET: 'the-same-for-all-instances-of-a-graph',
    API_KEYS_FILE: keys.path,
    REQUEST_TIMEOUT_MS: '60000',
    UPSTREAM_MAX_TRIES: '1',
    UPSTREAM_MAX_FAILURES: '0',
  };
  sandbox = await startSandbox();
  closing.push(() => sandbox.close());
  embedded = await startTestGateway({ mode: 'embedded', sandbox, environment });
  closing.push(() => embedded.close());
  distributed = await startTestGateway({ mode: 'distributed', sandbox, environment });
  closing.push(() => distributed.close());
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});
afterEach(() => {
  for (const vendor of [sandbox.hubspot, sandbox.stripe, sandbox.google]) vendor.fault = null;
});

/** Errors as both must agree on them. */
const placesOf = (errors: GatewayResponse['errors']) =>
  (errors ?? [])
    .map(({ extensions, path = [], locations = [] }) => {
      const at = locations.map(({ line, column }) => `${String(line)}:${String(column)}`);
      return `${String(extensions?.['code'])} ${path.join('.')} at ${at.join()}`;
    })
    .sort();

async function compare(query: string, variables?: object, headers?: Record<string, string>) {
  const one = await embedded.query(query, variables, headers);
  const other = await distributed.query(query, variables, headers);
  expect(other.data).toEqual(one.data);
  expect(placesOf(other.errors)).toEqual(placesOf(one.errors));
  expect(other.status).toBe(one.status);
  expect(other.extensions).toEqual(one.extensions);
  return one;
}

describe('embedded subgraphs and subgraphs as services give the same answer', () => {
  it.each(ANSWERED_EXAMPLES)('to the example $name', async ({ query, variables }) => {
    const { errors, data } = await compare(query, variables);
    expect(errors).toBeUndefined();
    expect(data).not.toBeNull();
  });

  describe.each(['hubspot', 'stripe', 'google'] as const)('while %s', (vendor) => {
    describe.each(['500', 'garbage', 'reset', '429'] as const)('answers %s', (fault) => {
      it.each(ANSWERED_EXAMPLES)('to the example $name', async ({ query, variables }) => {
        sandbox[vendor].fault = fault;
        await compare(query, variables);
      });
    });
  });

  describe('to the first request and the next with errors', () => {
    const twice = async (...asked: Parameters<typeof compare>) => {
      const first = await compare(...asked);
      const next = await compare(...asked);
      expect(placesOf(next.errors)).toEqual(placesOf(first.errors));
      return placesOf(first.errors);
    };

    it('of a vendor, at each item of a list, in a fragment, under an alias, and several times for one field', async () => {
      sandbox.google.fault = '500';
      const query = `{
        first: customers(first: 1) { nodes { ...Living address { where: place { location { latitude } } } } }
      }
      fragment Living on Customer { address { where: place { id } } }`;
      expect(await twice(query)).toEqual([
        'UPSTREAM_UNAVAILABLE first.nodes.0.address.where at 4:47,2:66',
      ]);
    });

    it('of a whole list of another part', async () => {
      sandbox.stripe.fault = '500';
      const places = await twice(
        '{ customers(first: 2) {\n nodes { payments(first: 1) { nodes { id } } } } }',
      );
      expect(places).toEqual(
        [0, 1].map(
          (index) => `UPSTREAM_UNAVAILABLE customers.nodes.${String(index)}.payments at 2:10`,
        ),
      );
    });

    it.each([
      [
        'an argument that a resolver refuses',
        '{ geocode(address: " ") { id } }',
        {},
        'BAD_USER_INPUT geocode at 1:3',
      ],
      [
        'null where none may be',
        'query ($n: Int = 3) { customers(first: $n) { nodes { id } } }',
        { n: null },
        'BAD_USER_INPUT customers at 1:40',
      ],
      [
        'a variable of another type',
        'query ($n: Int!) { customers(first: $n) { nodes { id } } }',
        { n: 'x' },
        'BAD_USER_INPUT  at 1:8',
      ],
      [
        'a field that there is not',
        '{ customers {\n  what } }',
        {},
        'GRAPHQL_VALIDATION_FAILED  at 2:3',
      ],
      ['what cannot be read', '{ customers( }', {}, 'GRAPHQL_PARSE_FAILED  at 1:14'],
    ])('of %s', async (_what, query, variables, expected) => {
      expect(await twice(query, variables)).toEqual([expected]);
    });

    it('of access, at all nodes of what is refused', async () => {
      const headers = bearer(await keys.add({ scopes: ['personal:read'] }));
      const query =
        '{ customers(first: 1) { nodes { id ...Paid balance { amount } } } } fragment Paid on Customer { balance { currency } }';
      expect(await twice(query, {}, headers)).toEqual([
        'FORBIDDEN customers.nodes.0.balance at 1:97,1:44',
      ]);
    });
  });
});
