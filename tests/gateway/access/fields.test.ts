import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GatewayResponse,
  codesAndPaths,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';

let keys: KeyFile;
const KEYS: Record<string, string> = {};
beforeAll(async () => {
  keys = await createKeyFile();
  for (const [name, scopes] of Object.entries({
    nothing: [],
    personal: ['personal:read'],
    payments: ['payments:read'],
    money: ['payments:write'],
    reader: ['personal:read', 'payments:read'],
  })) {
    KEYS[name] = await keys.add({ scopes });
  }
  KEYS['all'] = await keys.add();
});
afterAll(() => keys.remove());

const NEEDS_PERSONAL = 'This field requires the scope personal:read.';

describe.each(['embedded', 'distributed'] as const)('fields that need a scope, %s', (mode) => {
  let closed: TestGateway;
  let open: TestGateway;
  let customerId: string;
  beforeAll(async () => {
    closed = await startTestGateway({
      mode,
      environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path },
    });
    open = await startTestGateway({ mode, environment: { ANONYMOUS_SCOPES: 'none' } });
    const { data } = await as('all', '{ customers(first: 1, search: "Lefèvre") { nodes { id } } }');
    customerId = data.customers.nodes[0].id;
  });
  afterAll(async () => {
    await closed.close();
    await open.close();
  });

  const as = (who: string, query: string, variables?: object): Promise<GatewayResponse> =>
    closed.query(query, variables, { authorization: `Bearer ${KEYS[who] ?? ''}` });
  const callsOf = ({ headers }: GatewayResponse) =>
    Number(headers.get('x-tributary-upstream-calls'));

  it('are null with an error at their path, and the other fields are present', async () => {
    const { status, data, errors } = await as(
      'nothing',
      `{ customer(id: "${customerId}") { id name company { name } mail: email } }`,
    );
    expect(status).toBe(200);
    expect(data).toEqual({
      customer: { id: customerId, name: null, company: { name: expect.any(String) }, mail: null },
    });
    expect(Object.keys(data.customer)).toEqual(['id', 'name', 'company', 'mail']);
    expect(errors).toEqual([
      {
        message: NEEDS_PERSONAL,
        locations: [{ line: 1, column: 36 }],
        path: ['customer', 'name'],
        extensions: { code: 'FORBIDDEN', retryable: false },
      },
      {
        message: NEEDS_PERSONAL,
        locations: [{ line: 1, column: 58 }],
        path: ['customer', 'mail'],
        extensions: { code: 'FORBIDDEN', retryable: false },
      },
    ]);
  });

  it('are present for a caller with the scope, and for one with all scopes', async () => {
    const query = `{ customer(id: "${customerId}") { name payments(first: 1) { nodes { amount { amount } } } } }`;
    for (const who of ['reader', 'all']) {
      const { data, errors } = await as(who, query);
      expect(errors).toBeUndefined();
      expect(data.customer).toMatchObject({
        name: expect.any(String),
        payments: { nodes: [{ amount: { amount: expect.any(String) } }] },
      });
    }
  });

  const WHOLE: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['a root field', 'nothing', '{ payments(first: 1) { nodes { id } } }', ['FORBIDDEN payments']],
    [
      'an alias',
      'nothing',
      '{ a: payment(id: "pi_1") { id } b: invoice(id: "in_1") { id } }',
      ['FORBIDDEN a', 'FORBIDDEN b'],
    ],
    [
      'a named fragment',
      'nothing',
      'query { ...F } fragment F on Query { payments(first: 1) { nodes { id } } }',
      ['FORBIDDEN payments'],
    ],
    [
      'an inline fragment',
      'nothing',
      '{ ... on Query { ... { customers(first: 1) { nodes { id } } } } }',
      ['FORBIDDEN customers'],
    ],
    [
      'all that is wanted of an object',
      'nothing',
      '{ customer(id: "1") { name ...F } } fragment F on Customer { email }',
      ['FORBIDDEN customer'],
    ],
    [
      'all that is wanted of a list',
      'nothing',
      '{ company(id: "1") { customers { nodes { email } } } }',
      ['FORBIDDEN company'],
    ],
    [
      'a mutation',
      'reader',
      'mutation { refundPayment(input: { paymentId: "pi_1" }) { userErrors { code } } }',
      ['FORBIDDEN refundPayment'],
    ],
    [
      'mutations of another part',
      'money',
      'mutation { createDeal(input: { title: "x" }) { deal { id } } updateCustomer(input: { id: "1" }) { customer { id } } }',
      ['FORBIDDEN createDeal', 'FORBIDDEN updateCustomer'],
    ],
  ];

  it.each(WHOLE)(
    'are refused without a call to a vendor: %s',
    async (_name, who, query, expected) => {
      for (let time = 0; time < 2; time += 1) {
        const since = performance.now();
        const { data, errors } = await as(who, query);
        expect(codesAndPaths(errors)).toEqual(expected);
        expect(Object.values(data).every((value) => value === null)).toBe(true);
        expect(requestsSince(since, closed.sandbox)).toEqual([]);
      }
    },
  );

  it('are refused to one caller and not to another, in either order', async () => {
    const query = `{ customer(id: "${customerId}") { id name } }`;
    for (const [who, name] of [
      ['nothing', null],
      ['personal', expect.any(String)],
      ['nothing', null],
      ['all', expect.any(String)],
      ['payments', null],
    ] as const) {
      expect((await as(who, query)).data).toEqual({ customer: { id: customerId, name } });
    }
  });

  it('cause no vendor call beside fields that are allowed', async () => {
    const query = `{ customer(id: "${customerId}") { lifecycleStage { id } payments(first: 1) { nodes { id } } balance { amount } } }`;
    const { data, errors } = await as('personal', query, {});
    expect(data.customer).toEqual({
      lifecycleStage: expect.anything(),
      payments: null,
      balance: null,
    });
    expect(codesAndPaths(errors)).toEqual([
      'FORBIDDEN customer.balance',
      'FORBIDDEN customer.payments',
    ]);
    expect(callsOf(await as('personal', query))).toBe(1);
  });

  it('are refused in each item of a list at its response path', async () => {
    const query =
      '{ deals(first: 3) { nodes { title owner { id name } } edges { cursor node { id } } } }';
    const [{ data, errors }, { data: whole }] = [
      await as('nothing', query),
      await as('all', query),
    ];
    const owned = (whole.deals.nodes as { owner: object | null }[]).flatMap(({ owner }, index) =>
      owner === null ? [] : [index],
    );
    expect(owned.length).toBeGreaterThan(0);
    expect(codesAndPaths(errors)).toEqual(
      owned.map((index) => `FORBIDDEN deals.nodes.${String(index)}.owner.name`),
    );
    expect(data.deals.edges).toEqual(whole.deals.edges);
  });

  it('that @skip or @include removes are not refused', async () => {
    const query = `query ($with: Boolean!) { customer(id: "${customerId}") { id name @include(if: $with) email @skip(if: true) } }`;
    expect(await as('nothing', query, { with: false })).toMatchObject({
      data: { customer: { id: customerId } },
      errors: undefined,
    });
    expect(codesAndPaths((await as('nothing', query, { with: true })).errors)).toEqual([
      'FORBIDDEN customer.name',
    ]);
    expect(await as('nothing', query, { with: false })).toMatchObject({
      data: { customer: { id: customerId } },
      errors: undefined,
    });
  });

  it('may be used internally: the link between customer and payments', async () => {
    const { data, errors } = await as(
      'payments',
      `{ customer(id: "${customerId}") { payments(first: 1) { nodes { id customer { id email } } } } }`,
    );
    const [payment] = data.customer.payments.nodes;
    expect(payment).toEqual({ id: expect.any(String), customer: { id: customerId, email: null } });
    expect(codesAndPaths(errors)).toEqual(['FORBIDDEN customer.payments.nodes.0.customer.email']);
  });

  it('are missing from the payload of a mutation that is allowed', async () => {
    const { data: accounts } = await as(
      'all',
      '{ payments(first: 50) { nodes { billingAccount { id } } } }',
    );
    const billingAccountId = (
      accounts.payments.nodes as { billingAccount: { id: string } | null }[]
    ).flatMap(({ billingAccount }) => billingAccount?.id ?? [])[0];
    const before = closed.sandbox.stripe.writes.length;
    const input = {
      billingAccountId,
      lines: [{ description: 'A thing', unitAmount: { amount: '9.90', currency: 'EUR' } }],
      successUrl: 'https://shop.example/',
    };
    const { data, errors } = await as(
      'money',
      'mutation ($input: CreateCheckoutSessionInput!) { createCheckoutSession(input: $input) { checkoutSession { billingAccount { id } } } }',
      { input },
    );
    expect(closed.sandbox.stripe.writes).toHaveLength(before + 1);
    expect(data).toEqual({ createCheckoutSession: { checkoutSession: null } });
    expect(codesAndPaths(errors)).toEqual(['FORBIDDEN createCheckoutSession.checkoutSession']);
  });

  it('cause UNAUTHENTICATED for a caller without a credential', async () => {
    const { data, errors } = await open.query(
      `{ customer(id: "${customerId}") { id name } payments(first: 1) { nodes { id } } }`,
    );
    expect(data).toEqual({ customer: { id: customerId, name: null }, payments: null });
    expect(codesAndPaths(errors)).toEqual([
      'UNAUTHENTICATED customer.name',
      'UNAUTHENTICATED payments',
    ]);
  });

  it('do not affect introspection and __typename', async () => {
    const { data, errors } = await as(
      'nothing',
      `{ __typename __type(name: "Customer") { name } customer(id: "${customerId}") { __typename name } }`,
    );
    expect(data).toEqual({
      __typename: 'Query',
      __type: { name: 'Customer' },
      customer: { __typename: 'Customer', name: null },
    });
    expect(codesAndPaths(errors)).toEqual(['FORBIDDEN customer.name']);
  });
});
