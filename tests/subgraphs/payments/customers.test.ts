import { describe, expect, it } from '@jest/globals';
import { ofCustomers, person } from './ask.ts';
import { mockStripe } from './stripe-mock.ts';
import {
  customer,
  invoice,
  list,
  paymentIntent,
  paymentMethod,
  stripeError,
  subscription,
} from './stripe-objects.ts';

const stripe = mockStripe();

const paths = (calls: readonly { path: string }[]) => calls.map(({ path }) => path).sort();

describe('a person with an e-mail', () => {
  it('costs one lookup and one list call per account, for any number of fields and aliases', async () => {
    stripe.search(['ann@x.test'], [customer('cus_1', { email: 'Ann@x.test', name: 'Ann' })]);
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 3 },
      list([paymentIntent('pi_2'), paymentIntent('pi_1')]),
    );
    const { data, errors, calls } = await stripe.graph.ask(
      ofCustomers(`
        id
        billingAccounts { name payments(first: 3) { nodes { id } } }
        payments(first: 3) { nodes { id } }
        again: payments(first: 3) { nodes { id amount { amount currency } } }
      `),
      { people: [person('1', { emails: ['Ann@x.test'] })] },
    );
    expect(errors).toEqual([]);
    const ids = { nodes: [{ id: 'pi_2' }, { id: 'pi_1' }] };
    const money = { amount: { amount: '25.00', currency: 'EUR' } };
    expect(data).toEqual({
      _entities: [
        {
          id: '1',
          billingAccounts: [{ name: 'Ann', payments: ids }],
          payments: ids,
          again: {
            nodes: [
              { id: 'pi_2', ...money },
              { id: 'pi_1', ...money },
            ],
          },
        },
      ],
    });
    expect(paths(calls)).toEqual(['/v1/customers/search', '/v1/payment_intents']);
  });

  it('shares its lookup and lists with other people of the same e-mail, ignoring case', async () => {
    stripe.search(['ann@x.test'], [customer('cus_1', { email: 'Ann@X.test' })]);
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 2 },
      list([paymentIntent('pi_1')]),
    );
    const { data, calls } = await stripe.graph.ask(
      ofCustomers('payments(first: 2) { nodes { id } }'),
      {
        people: [
          person('1', { emails: ['ann@x.test'] }),
          person('2', { emails: ['ann@x.test'] }),
          person('3', { emails: ['ANN@x.test'] }),
        ],
      },
    );
    expect(data).toEqual({
      _entities: [
        { payments: { nodes: [{ id: 'pi_1' }] } },
        { payments: { nodes: [{ id: 'pi_1' }] } },
        { payments: { nodes: [{ id: 'pi_1' }] } },
      ],
    });
    expect(calls).toHaveLength(2);
  });

  it('owes one amount per currency over all accounts, at no extra call', async () => {
    const accounts = [
      customer('cus_1', { balance: -1_050, currency: 'usd' }),
      customer('cus_2', { balance: 500, currency: 'jpy' }),
      customer('cus_3', { balance: 2_000, currency: 'usd' }),
      customer('cus_4'),
    ];
    stripe.search(['a@x.test'], accounts);
    const { data, calls } = await stripe.graph.ask(
      ofCustomers('balance { amount currency } billingAccounts { id balance { amount } }'),
      {
        people: [person('1', { emails: ['a@x.test'] })],
      },
    );
    expect(data).toEqual({
      _entities: [
        {
          balance: [
            { amount: '9.50', currency: 'USD' },
            { amount: '500', currency: 'JPY' },
          ],
          billingAccounts: [
            { id: 'cus_1', balance: { amount: '-10.50' } },
            { id: 'cus_2', balance: { amount: '500' } },
            { id: 'cus_3', balance: { amount: '20.00' } },
            { id: 'cus_4', balance: null },
          ],
        },
      ],
    });
    expect(calls).toHaveLength(1);
  });

  it('has invoices, plans (ended ones too) and payment methods', async () => {
    stripe.search(['a@x.test'], [customer('cus_1')]);
    stripe.get('/v1/invoices', { customer: 'cus_1', limit: 20 }, list([invoice('in_1')]));
    stripe.get(
      '/v1/subscriptions',
      { customer: 'cus_1', status: 'all', limit: 20 },
      list([subscription('sub_1')]),
    );
    stripe.get('/v1/customers/cus_1/payment_methods', { limit: 20 }, list([paymentMethod('pm_1')]));
    const { data, errors } = await stripe.graph.ask(
      ofCustomers(
        'invoices { nodes { id } } recurringPlans { nodes { id } } paymentMethods { nodes { id type card { brand last4 expMonth expYear } } }',
      ),
      { people: [person('1', { emails: ['a@x.test'] })] },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      _entities: [
        {
          invoices: { nodes: [{ id: 'in_1' }] },
          recurringPlans: { nodes: [{ id: 'sub_1' }] },
          paymentMethods: {
            nodes: [
              {
                id: 'pm_1',
                type: 'CARD',
                card: { brand: 'visa', last4: '4242', expMonth: 8, expYear: 2028 },
              },
            ],
          },
        },
      ],
    });
  });
});

describe('a person whose account the CRM links', () => {
  it('costs one list call and no lookup, even with an e-mail', async () => {
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_9', limit: 20 },
      list([paymentIntent('pi_1')]),
    );
    const { data, calls } = await stripe.graph.ask(ofCustomers('payments { nodes { id } }'), {
      people: [person('1', { reference: 'cus_9', emails: ['a@x.test'] })],
    });
    expect(data).toEqual({ _entities: [{ payments: { nodes: [{ id: 'pi_1' }] } }] });
    expect(calls).toHaveLength(1);
  });

  it('has no payments if that account does not exist, was deleted, or the CRM has no id', async () => {
    const missing = stripeError('invalid_request_error', {
      code: 'resource_missing',
      param: 'customer',
    });
    stripe.get('/v1/customers/cus_0', {}, missing, 404);
    stripe.get('/v1/payment_intents', { customer: 'cus_0', limit: 20 }, missing, 400);
    stripe.get('/v1/customers/cus_0/payment_methods', { limit: 20 }, missing, 404);
    stripe.get('/v1/customers/cus_5', {}, { id: 'cus_5', object: 'customer', deleted: true });
    stripe.get('/v1/payment_intents', { customer: 'cus_5', limit: 20 }, list([]));
    stripe.get('/v1/customers/cus_5/payment_methods', { limit: 20 }, list([]));
    const { data, errors } = await stripe.graph.ask(
      ofCustomers(
        'billingAccounts { id } balance { amount } payments { nodes { id } } paymentMethods { nodes { id } }',
      ),
      {
        people: [
          person('1', { reference: 'cus_0' }),
          person('2', { reference: 'cus_5' }),
          person('3', { reference: 'n/a ../x' }),
        ],
      },
    );
    expect(errors).toEqual([]);
    const nothing = {
      billingAccounts: [],
      balance: [],
      payments: { nodes: [] },
      paymentMethods: { nodes: [] },
    };
    expect(data).toEqual({ _entities: [nothing, nothing, nothing] });
  });
});

describe('a person without a link', () => {
  it('has empty lists and costs no call', async () => {
    const { data, errors, calls } = await stripe.graph.ask(
      ofCustomers(
        'id billingAccounts { id } balance { amount } payments { nodes { id } pageInfo { hasNextPage } } invoices { edges { cursor } }',
      ),
      {
        people: [
          person('1', null),
          person('2', { reference: null, emails: null }),
          person('3', { reference: '', emails: [] }),
        ],
      },
    );
    const nothing = {
      billingAccounts: [],
      balance: [],
      payments: { nodes: [], pageInfo: { hasNextPage: false } },
      invoices: { edges: [] },
    };
    expect(data).toEqual({ _entities: ['1', '2', '3'].map((id) => ({ id, ...nothing })) });
    expect([errors, calls]).toEqual([[], []]);
  });
});

describe('a failing account', () => {
  it('fails only the field of its own person', async () => {
    stripe.search(
      ['a@x.test', 'b@x.test'],
      [customer('cus_1', { email: 'a@x.test' }), customer('cus_2', { email: 'b@x.test' })],
    );
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 20 },
      list([paymentIntent('pi_1')]),
    );
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_2', limit: 20 },
      stripeError('api_error'),
      500,
    );
    const { data, errors } = await stripe.graph.ask(
      ofCustomers('billingAccounts { id } payments { nodes { id } }'),
      {
        people: [person('1', { emails: ['a@x.test'] }), person('2', { emails: ['b@x.test'] })],
      },
    );
    expect(data).toEqual({
      _entities: [
        { billingAccounts: [{ id: 'cus_1' }], payments: { nodes: [{ id: 'pi_1' }] } },
        { billingAccounts: [{ id: 'cus_2' }], payments: null },
      ],
    });
    expect(errors).toEqual(['_entities.1.payments: UPSTREAM_UNAVAILABLE']);
  });
});

describe('a customer with more billing accounts than one page of the processor has', () => {
  const pagesOf = (count: number) => {
    for (let page = 0; page < count; page += 1) {
      const ids = Array.from(
        { length: page === 2 ? 50 : 100 },
        (_id, index) => `cus_${String(page * 100 + index)}`,
      );
      stripe.search(
        ['a@x.test'],
        ids.map((id) => customer(id, { balance: -100, currency: 'eur' })),
        page === 0 ? {} : { page: `page ${String(page)}` },
        page < count - 1 ? `page ${String(page + 1)}` : undefined,
      );
    }
  };
  const askBalance = () =>
    stripe.graph.ask(ofCustomers('balance { amount currency }'), {
      people: [person('1', { emails: ['a@x.test'] })],
    });

  it('has the balance of all 250 of them', async () => {
    pagesOf(3);
    expect((await askBalance()).data).toEqual({
      _entities: [{ balance: [{ amount: '-250.00', currency: 'EUR' }] }],
    });
  });
});

describe('a customer with more than five pages of billing accounts', () => {
  it('has an error in place of the balance of a part of them', async () => {
    for (let page = 0; page < 5; page += 1)
      stripe.search(
        ['a@x.test'],
        [customer(`cus_${String(page)}`)],
        page === 0 ? {} : { page: `page ${String(page)}` },
        `page ${String(page + 1)}`,
      );
    const { data, errors, messages } = await stripe.graph.ask(ofCustomers('balance { amount }'), {
      people: [person('1', { emails: ['a@x.test'] })],
    });
    expect([data, errors]).toEqual([
      { _entities: [{ balance: null }] },
      ['_entities.0.balance: OPERATION_TOO_COMPLEX'],
    ]);
    expect(messages).toEqual([
      'There must be at most 500 billing accounts with this e-mail address, but there are more.',
    ]);
  });
});
