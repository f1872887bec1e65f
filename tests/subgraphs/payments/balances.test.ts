import { describe, expect, it } from '@jest/globals';
import { ofCustomers, person } from './ask.ts';
import { mockStripe } from './stripe-mock.ts';
import { customer, invoice, list, paymentIntent } from './stripe-objects.ts';

const stripe = mockStripe();

const EXPANDED = { 'expand[]': 'invoice_credit_balance' };
const withCredits = (id: string, credits: Record<string, number>, changes = {}) => ({
  ...customer(id, { balance: -500, currency: 'eur', ...changes }),
  invoice_credit_balance: credits,
});

describe('the balances of a billing account', () => {
  it('are the one in its own currency and those in others, with the opposite sign, each once', async () => {
    stripe.get(
      '/v1/customers/cus_1',
      EXPANDED,
      withCredits('cus_1', { eur: 500, usd: 1_000, jpy: -300, kwd: 0 }),
    );
    const { data, errors } = await stripe.graph.ask(
      '{ billingAccount(id: "cus_1") { balance { amount } balances { amount currency } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      billingAccount: {
        balance: { amount: '-5.00' },
        balances: [
          { amount: '-5.00', currency: 'EUR' },
          { amount: '-10.00', currency: 'USD' },
          { amount: '300', currency: 'JPY' },
          { amount: '0.000', currency: 'KWD' },
        ],
      },
    });
  });

  it('of all accounts of a customer are summed by currency, at no extra call', async () => {
    stripe.search(
      ['a@x.test'],
      [
        withCredits('cus_1', { eur: 500, usd: 1_000 }),
        withCredits('cus_2', { usd: -250 }, { balance: 200, currency: 'eur' }),
        withCredits('cus_3', {}, { balance: 0, currency: null }),
      ],
      { 'expand[]': 'data.invoice_credit_balance' },
    );
    const { data, calls } = await stripe.graph.ask(
      ofCustomers('balances { amount currency } billingAccounts { balances { amount } }'),
      { people: [person('1', { emails: ['a@x.test'] })] },
    );
    expect(data).toEqual({
      _entities: [
        {
          balances: [
            { amount: '-3.00', currency: 'EUR' },
            { amount: '-7.50', currency: 'USD' },
          ],
          billingAccounts: [
            { balances: [{ amount: '-5.00' }, { amount: '-10.00' }] },
            { balances: [{ amount: '2.00' }, { amount: '2.50' }] },
            { balances: [] },
          ],
        },
      ],
    });
    expect(calls).toHaveLength(1);
  });

  it('are read for an account that came along with a payment', async () => {
    stripe.get(
      '/v1/payment_intents/pi_1',
      { 'expand[]': 'customer' },
      paymentIntent('pi_1', 1, { customer: customer('cus_1') }),
    );
    stripe.get('/v1/customers/cus_1', EXPANDED, withCredits('cus_1', { usd: 1_000 }));
    const { data } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { billingAccount { balances { amount currency } } } }',
    );
    expect(data).toEqual({
      payment: {
        billingAccount: {
          balances: [
            { amount: '-5.00', currency: 'EUR' },
            { amount: '-10.00', currency: 'USD' },
          ],
        },
      },
    });
  });
});

describe('the outstanding amount', () => {
  const OPEN = { customer: 'cus_1', status: 'open', limit: 100 };
  const open = (id: string, amount_remaining: number, currency = 'eur') =>
    invoice(id, 1, { amount_remaining, currency });
  const query = '{ billingAccount(id: "cus_1") { outstanding { amount currency } } }';

  it('is the rest of all open invoices, one amount per currency, over all pages', async () => {
    stripe.get('/v1/customers/cus_1', {}, customer('cus_1'));
    stripe.get('/v1/invoices', OPEN, list([open('in_3', 1_000), open('in_2', 500, 'jpy')], true));
    stripe.get('/v1/invoices', { ...OPEN, starting_after: 'in_2' }, list([open('in_1', 250)]));
    const { data, errors } = await stripe.graph.ask(query);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      billingAccount: {
        outstanding: [
          { amount: '12.50', currency: 'EUR' },
          { amount: '500', currency: 'JPY' },
        ],
      },
    });
  });

  it('of a customer is that of all accounts, one list each, and none is read unless it is selected', async () => {
    const accounts = [customer('cus_1'), customer('cus_2')];
    const variables = { people: [person('1', { emails: ['a@x.test'] })] };
    stripe.search(['a@x.test'], accounts);
    stripe.get('/v1/invoices', OPEN, list([open('in_1', 100)]));
    stripe.get('/v1/invoices', { ...OPEN, customer: 'cus_2' }, list([open('in_2', 200)]));
    const { data, calls } = await stripe.graph.ask(
      ofCustomers('outstanding { amount } billingAccounts { outstanding { amount } }'),
      variables,
    );
    expect(data).toEqual({
      _entities: [
        {
          outstanding: [{ amount: '3.00' }],
          billingAccounts: [
            { outstanding: [{ amount: '1.00' }] },
            { outstanding: [{ amount: '2.00' }] },
          ],
        },
      ],
    });
    expect(calls).toHaveLength(3);
  });

  it('is an error, not a part of the sum, with more than five pages', async () => {
    stripe.get('/v1/customers/cus_1', {}, customer('cus_1'));
    for (const page of [1, 2, 3, 4, 5])
      stripe.get(
        '/v1/invoices',
        page === 1 ? OPEN : { ...OPEN, starting_after: `in_${String(page - 1)}` },
        list([open(`in_${String(page)}`, 100)], true),
      );
    const { data, errors, messages } = await stripe.graph.ask(query);
    expect(data).toEqual({ billingAccount: { outstanding: null } });
    expect(errors).toEqual(['billingAccount.outstanding: OPERATION_TOO_COMPLEX']);
    expect(messages[0]).toMatch(/^outstanding counts up to 500 open invoices/);
  });

  it('is an error if one of the invoices cannot be read', async () => {
    stripe.get('/v1/customers/cus_1', {}, customer('cus_1'));
    stripe.get('/v1/invoices', OPEN, list([open('in_2', 100), { id: 'in_1' }]));
    expect((await stripe.graph.ask(query)).errors).toEqual([
      'billingAccount.outstanding: UPSTREAM_CONTRACT',
    ]);
  });
});

describe('a billing account whose id its owner chose', () => {
  it.each(['pat-smith_1', '12345', 'CUS'])('is read by that id: %s', async (id) => {
    stripe.get(`/v1/customers/${id}`, {}, customer(id));
    stripe.get('/v1/payment_intents', { customer: id, limit: 20 }, list([]));
    const { data, errors } = await stripe.graph.ask(
      'query ($id: ID!) { billingAccount(id: $id) { id payments { nodes { id } } } }',
      { id },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ billingAccount: { id, payments: { nodes: [] } } });
  });

  it('is linked by the CRM', async () => {
    stripe.get('/v1/customers/pat-1', {}, customer('pat-1'));
    const { data } = await stripe.graph.ask(ofCustomers('billingAccounts { id }'), {
      people: [person('1', { reference: 'pat-1' })],
    });
    expect(data).toEqual({ _entities: [{ billingAccounts: [{ id: 'pat-1' }] }] });
  });

  it.each(['search', '..', 'a b', 'a/b', ''])(
    'is never used as another endpoint: %j is malformed',
    async (id) => {
      const { errors, calls } = await stripe.graph.ask(
        'query ($id: ID!) { billingAccount(id: $id) { id } }',
        { id },
      );
      expect([errors, calls]).toEqual([['billingAccount: BAD_USER_INPUT'], []]);
    },
  );
});
