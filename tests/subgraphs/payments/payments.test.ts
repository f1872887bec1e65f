import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import { charge, customer, list, paymentIntent, paymentMethod, refund } from './stripe-objects.ts';

const stripe = mockStripe();

describe('the selected fields of a payment', () => {
  it('expands nothing for fields of the payment itself', async () => {
    stripe.get(
      '/v1/payment_intents/pi_1',
      {},
      paymentIntent('pi_1', 1_762_799_294, { description: 'A thing' }),
    );
    const { data } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { id status amount { amount } description createdAt failure { code } } }',
    );
    expect(data).toEqual({
      payment: {
        id: 'pi_1',
        status: 'SUCCEEDED',
        amount: { amount: '25.00' },
        description: 'A thing',
        createdAt: '2025-11-10T18:28:14.000Z',
        failure: null,
      },
    });
  });

  it('expands the charge for the refunded amount', async () => {
    const body = paymentIntent('pi_1', 1, { latest_charge: charge({ amount_refunded: 1_050 }) });
    stripe.get('/v1/payment_intents/pi_1', { 'expand[]': 'latest_charge' }, body);
    const { data } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { refundedAmount { amount currency } } }',
    );
    expect(data).toEqual({ payment: { refundedAmount: { amount: '10.50', currency: 'EUR' } } });
  });

  it('expands charge and payment method for the method, which is the charge’s if there is one', async () => {
    const items = [
      paymentIntent('pi_3', 3, {
        latest_charge: charge({ payment_method: 'pm_3' }),
        payment_method: paymentMethod('pm_9'),
      }),
      paymentIntent('pi_2', 2, {
        payment_method: { ...paymentMethod('pm_2', 1, { type: 'sepa_debit' }), card: undefined },
      }),
      paymentIntent('pi_1', 1, {
        status: 'requires_payment_method',
        last_payment_error: {
          type: 'card_error',
          code: 'card_declined',
          decline_code: 'insufficient_funds',
          message: 'No.',
          payment_method: paymentMethod('pm_1'),
        },
      }),
      paymentIntent('pi_0', 0, { status: 'requires_payment_method' }),
    ];
    stripe.get(
      '/v1/payment_intents',
      { limit: 20, 'expand[]': ['data.latest_charge', 'data.payment_method'] },
      list(items),
    );
    const { data } = await stripe.graph.ask(
      '{ payments { nodes { status method { id type card { last4 } } failure { code message } } } }',
    );
    const card = { last4: '4242' };
    expect(data).toEqual({
      payments: {
        nodes: [
          { status: 'SUCCEEDED', method: { id: 'pm_3', type: 'CARD', card }, failure: null },
          {
            status: 'SUCCEEDED',
            method: { id: 'pm_2', type: 'BANK_DEBIT', card: null },
            failure: null,
          },
          {
            status: 'FAILED',
            method: { id: 'pm_1', type: 'CARD', card },
            failure: { code: 'insufficient_funds', message: 'No.' },
          },
          { status: 'PENDING', method: null, failure: null },
        ],
      },
    });
  });

  it('leads to the payer, and to the account, in the same one call', async () => {
    const items = [
      paymentIntent('pi_3', 3, { customer: customer('cus_1', { email: 'a@x.test', name: 'Ann' }) }),
      paymentIntent('pi_2', 2, { customer: { id: 'cus_2', object: 'customer', deleted: true } }),
      paymentIntent('pi_1', 1, { customer: null }),
    ];
    stripe.get('/v1/payment_intents', { limit: 3, 'expand[]': 'data.customer' }, list(items));
    const { data, errors, calls } = await stripe.graph.ask(
      '{ payments(first: 3) { nodes { payer { reference email } billingAccount { id name payer { reference email } } } } }',
    );
    expect(errors).toEqual([]);
    const payer = { reference: 'cus_1', email: 'a@x.test' };
    expect(data).toEqual({
      payments: {
        nodes: [
          { payer, billingAccount: { id: 'cus_1', name: 'Ann', payer } },
          { payer: { reference: 'cus_2', email: null }, billingAccount: null },
          { payer: null, billingAccount: null },
        ],
      },
    });
    expect(calls).toHaveLength(1);
  });

  it('is the same for a payment that another subgraph refers to', async () => {
    stripe.get(
      '/v1/payment_intents/pi_1',
      { 'expand[]': 'customer' },
      paymentIntent('pi_1', 1, { customer: customer('cus_1', { email: 'a@x.test' }) }),
    );
    stripe.get(
      '/v1/payment_intents/pi_0',
      { 'expand[]': 'customer' },
      { error: { type: 'invalid_request_error', code: 'resource_missing', param: 'intent' } },
      404,
    );
    const { data, errors } = await stripe.graph.ask(
      'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Payment { id payer { email } } } }',
      { keys: ['pi_1', 'pi_0', 'pi_1'].map((id) => ({ __typename: 'Payment', id })) },
    );
    expect(errors).toEqual([]);
    const found = { id: 'pi_1', payer: { email: 'a@x.test' } };
    expect(data).toEqual({ _entities: [found, null, found] });
  });
});

describe('payments', () => {
  it('are filtered by account and by time, to the second that a time falls into', async () => {
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', 'created[gte]': 1_767_225_600, 'created[lt]': 1_767_225_602, limit: 20 },
      list([]),
    );
    const { errors } = await stripe.graph.ask(
      '{ payments(filter: { billingAccountId: "cus_1", createdFrom: "2026-01-01T00:00:00Z", createdBefore: "2026-01-01T00:00:01.500Z" }) { nodes { id } } }',
    );
    expect(errors).toEqual([]);
  });

  it('have refunds, one call per payment and page', async () => {
    stripe.get('/v1/payment_intents/pi_1', {}, paymentIntent('pi_1'));
    stripe.get(
      '/v1/refunds',
      { payment_intent: 'pi_1', limit: 1 },
      list([refund('re_2', { status: 'pending', reason: null })], true),
    );
    const { data } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { refunds(first: 1) { nodes { id status amount { amount } reason createdAt } pageInfo { hasNextPage } } } }',
    );
    expect(data).toEqual({
      payment: {
        refunds: {
          nodes: [
            {
              id: 're_2',
              status: 'PENDING',
              amount: { amount: '5.00' },
              reason: null,
              createdAt: '2023-11-14T22:15:00.000Z',
            },
          ],
          pageInfo: { hasNextPage: true },
        },
      },
    });
  });

  it('of an unknown or malformed account are none and BAD_USER_INPUT', async () => {
    const missing = {
      error: { type: 'invalid_request_error', code: 'resource_missing', param: 'customer' },
    };
    stripe.get('/v1/payment_intents', { customer: 'cus_0', limit: 20 }, missing, 400);
    const { data, messages } = await stripe.graph.ask(
      '{ unknown: payments(filter: { billingAccountId: "cus_0" }) { nodes { id } } malformed: payments(filter: { billingAccountId: "../cus" }) { nodes { id } } }',
    );
    expect(data).toEqual({ unknown: { nodes: [] }, malformed: null });
    expect(messages).toEqual([
      'filter.billingAccountId must be the id of a billing account, such as "cus_...", but got "../cus".',
    ]);
  });
});

describe('an id of another kind', () => {
  it.each([
    ['an invoice', '{ invoice(id: "x") { id } }', '"in_..."'],
    ['a payment', '{ payment(id: "x") { id } }', '"pi_..."'],
  ])('is refused with the expected kind: the id of %s', async (kind, query, example) => {
    const { messages, calls } = await stripe.graph.ask(query);
    expect([messages, calls]).toEqual([
      [`id must be the id of ${kind}, such as ${example}, but got "x".`],
      [],
    ]);
  });
});

describe('a time that a client gives as a variable', () => {
  it('is read by the rules of DateTime', async () => {
    const query =
      'query ($from: DateTime!) { payments(filter: { createdFrom: $from }) { nodes { id } } }';
    stripe.get('/v1/payment_intents', { 'created[gte]': 1_767_218_400, limit: 20 }, list([]));
    expect((await stripe.graph.ask(query, { from: '2026-01-01T00:00:00+02:00' })).errors).toEqual(
      [],
    );
    expect((await stripe.graph.ask(query, { from: 'yesterday' })).calls).toEqual([]);
  });
});
