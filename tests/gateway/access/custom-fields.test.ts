import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  codesAndPaths,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';

const FIELDS = `
  enum Tier { GOLD @value(is: "gold_member") SILVER @value(is: "silver") UNKNOWN }
  extend type Customer {
    tier: Tier @property(name: "loyalty_tier", filter: true, write: true)
    interests: [String!] @property(name: "interests", filter: true, write: true) @tag(name: "partner")
    lastVisit: DateTime @property(name: "last_visit", filter: true) @requiresScopes(scopes: [["visits:read"]])
  }
  extend type Company { employees: Int @property(name: "name", filter: true) }
`;

const bearer = (who: string) => ({ authorization: `Bearer ${KEYS[who] ?? ''}` });

let keys: KeyFile;
const KEYS: Record<string, string> = {};
beforeAll(async () => {
  keys = await createKeyFile();
  for (const [name, scopes] of Object.entries({
    writer: ['crm:write'],
    reader: ['personal:read'],
    payer: ['payments:read'],
    both: ['personal:read', 'crm:write'],
    visits: ['personal:read', 'visits:read'],
  }))
    KEYS[name] = await keys.add({ scopes });
});
afterAll(() => keys.remove());

describe.each(['embedded', 'distributed'] as const)('custom fields in inputs, %s', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      mode,
      extend: {
        crm: FIELDS,
        payments: 'extend type BillingAccount { source: String @property(name: "signup_source") }',
      },
      environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path },
    });
  });
  afterAll(() => gateway.close());

  const as = (who: string, query: string, variables?: object) =>
    gateway.query(query, variables, bearer(who));

  const LIST =
    'query ($filter: CustomerFilter) { customers(first: 3, filter: $filter) { nodes { id } } }';

  it('are refused in filters to a caller who may not read the field, in literals and in variables', async () => {
    const since = performance.now();
    const { data, errors } = await as('reader', LIST, {
      filter: { city: 'Paris', lastVisitFrom: '2026-01-01T00:00:00Z' },
    });
    expect(data).toEqual({ customers: null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'filter.lastVisitFrom requires the scope visits:read.',
        path: ['customers'],
        extensions: { code: 'FORBIDDEN', retryable: false },
      }),
    ]);
    for (const [query, variables] of [
      ['{ customers(filter: { lastVisit: "2026-01-01T00:00:00Z" }) { nodes { id } } }'],
      [
        'query ($from: DateTime) { customers(filter: { lastVisitFrom: $from }) { nodes { id } } }',
        { from: '2026-01-01T00:00:00Z' },
      ],
      [
        'query { ...F } fragment F on Query { all: customers(filter: { lastVisitBefore: "2026-01-01T00:00:00Z" }) { nodes { id } } }',
      ],
      [
        'query ($filter: CustomerFilter = { lastVisit: "2026-01-01T00:00:00Z" }) { customers(filter: $filter) { nodes { id } } }',
      ],
    ] as const) {
      const answer = await as('reader', query, variables);
      expect(codesAndPaths(answer.errors)).toEqual([
        expect.stringMatching(/^FORBIDDEN (?:customers|all)$/),
      ]);
    }
    expect(requestsSince(since, gateway.sandbox)).toEqual([]);
  });

  it('are refused by the scopes of the field, or of the fields of its type', async () => {
    const query = `{ companies(first: 1) { nodes { employees customers(first: 1) { nodes { id tier lastVisit billingAccounts { source } } } } } }`;
    const paths = async (who: string) =>
      codesAndPaths((await as(who, query)).errors).map((line) => line.split('.').at(-1));
    expect(await paths('writer')).toEqual(expect.arrayContaining(['tier', 'lastVisit']));
    expect(await paths('reader')).toEqual(expect.arrayContaining(['lastVisit']));
    expect(await paths('reader')).not.toContain('tier');
    expect(await paths('visits')).not.toContain('lastVisit');
    const accounts = await as(
      'payer',
      '{ payments(first: 1) { nodes { billingAccount { id source } } } }',
    );
    expect(accounts.errors?.map(({ message }) => message)).toEqual([
      'This field requires the scopes payments:read and personal:read.',
    ]);
  });

  it('are checked for each value of a variable', async () => {
    const open = await as('reader', LIST, { filter: { tier: 'GOLD' } });
    expect(open.errors).toBeUndefined();
    expect(open.data.customers.nodes).toHaveLength(3);
    const closed = await as('reader', LIST, { filter: { lastVisit: '2026-01-01T00:00:00Z' } });
    expect(codesAndPaths(closed.errors)).toEqual(['FORBIDDEN customers']);
    const again = await as('reader', LIST, { filter: { interests: 'chess' } });
    expect(again.errors).toBeUndefined();
    const allowed = await as('visits', LIST, { filter: { lastVisitFrom: '2026-01-01T00:00:00Z' } });
    expect(allowed.errors).toBeUndefined();
  });

  const UPDATE =
    'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { id } userErrors { message } } }';

  it('are refused in writes to a caller who may not read the field, and nothing is written', async () => {
    const [first] = (await as('reader', '{ customers(first: 1) { nodes { id } } }')).data.customers
      .nodes;
    const since = performance.now();
    const refused = await as('writer', UPDATE, { input: { id: first.id, tier: 'SILVER' } });
    expect(refused.data).toEqual({ updateCustomer: null });
    expect(refused.errors?.map(({ message }) => message)).toEqual([
      'input.tier requires the scope personal:read.',
    ]);
    expect(requestsSince(since, gateway.sandbox)).toEqual([]);
    const written = await as('both', UPDATE, { input: { id: first.id, tier: 'SILVER' } });
    expect(written.errors).toBeUndefined();
    expect(written.data.updateCustomer).toEqual({ customer: { id: first.id }, userErrors: [] });
  });

  it('are in the audiences of their field', async () => {
    const schema = async (audience: string) =>
      (
        await fetch(`${gateway.url}/schema/${audience}.graphql`, { headers: bearer('reader') })
      ).text();
    const [partner, whole] = [await schema('partner'), await schema('private')];
    expect(partner).toMatch(/input CustomerFilter \{[^}]*\n {2}interests: String/);
    expect(partner).toMatch(/input UpdateCustomerInput \{[^}]*\n {2}interests: \[String!\]/);
    expect(partner).not.toMatch(/\btier\b|lastVisit|employees|accessOf/);
    expect(whole).toMatch(/input CustomerFilter \{[^}]*\n {2}tier: Tier/);
    expect(whole).not.toMatch(/accessOf/);
    const response = await fetch(`${gateway.url}/graphql/partner`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer('reader') },
      body: JSON.stringify({ query: LIST, variables: { filter: { tier: 'GOLD' } } }),
    });
    expect(await response.text()).toMatch(
      /Field \\"tier\\" is not defined by type \\"CustomerFilter\\"/,
    );
  });
});
