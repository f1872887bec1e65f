import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import {
  charge,
  dispute,
  list,
  paymentIntent,
  paymentMethod,
  stripeError,
} from './stripe-objects.ts';

const stripe = mockStripe();

const CHARGED = { 'expand[]': 'latest_charge' };

describe('the received amount of a payment', () => {
  it.each([
    ['all of it', { amount: 1_000, amount_received: 1_000 }, '10.00'],
    ['the captured part', { amount: 1_000, amount_received: 600 }, '6.00'],
    ['nothing yet', { amount: 1_000, amount_received: 0, status: 'requires_capture' }, '0.00'],
  ])('is %s', async (_part, changes, amount) => {
    stripe.get('/v1/payment_intents/pi_1', {}, paymentIntent('pi_1', 1, changes));
    const { data } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { amount { amount } receivedAmount { amount currency } } }',
    );
    expect(data).toEqual({
      payment: { amount: { amount: '10.00' }, receivedAmount: { amount, currency: 'EUR' } },
    });
  });
});

describe('a disputed payment', () => {
  it('is marked as disputed at no extra call', async () => {
    const items = [
      paymentIntent('pi_3', 3, { latest_charge: { ...charge(), disputed: true } }),
      paymentIntent('pi_2', 2, { latest_charge: { ...charge(), disputed: false } }),
      paymentIntent('pi_1', 1, { latest_charge: null }),
    ];
    stripe.get('/v1/payment_intents', { limit: 20, 'expand[]': 'data.latest_charge' }, list(items));
    const { data, calls } = await stripe.graph.ask('{ payments { nodes { isDisputed } } }');
    expect(data).toEqual({
      payments: { nodes: [true, false, false].map((isDisputed) => ({ isDisputed })) },
    });
    expect(calls).toHaveLength(1);
  });

  it('has a dispute, which takes a call for disputed payments only', async () => {
    const items = [
      paymentIntent('pi_2', 2, { latest_charge: { ...charge(), disputed: true } }),
      paymentIntent('pi_1', 1, { latest_charge: { ...charge(), disputed: false } }),
    ];
    stripe.get('/v1/payment_intents', { limit: 20, 'expand[]': 'data.latest_charge' }, list(items));
    stripe.get('/v1/disputes', { payment_intent: 'pi_2', limit: 1 }, list([dispute('du_1')]));
    const { data, errors, calls } = await stripe.graph.ask(
      '{ payments { nodes { dispute { id status reason amount { amount currency } createdAt } } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      payments: {
        nodes: [
          {
            dispute: {
              id: 'du_1',
              status: 'NEEDS_RESPONSE',
              reason: 'fraudulent',
              amount: { amount: '15.00', currency: 'EUR' },
              createdAt: '2023-11-14T22:13:20.000Z',
            },
          },
          { dispute: null },
        ],
      },
    });
    expect(calls).toHaveLength(2);
  });

  it('has its other fields if the dispute cannot be read, and a new status is UNKNOWN', async () => {
    const body = paymentIntent('pi_1', 1, { latest_charge: { ...charge(), disputed: true } });
    const query = '{ payment(id: "pi_1") { id dispute { status } } }';
    stripe.get('/v1/payment_intents/pi_1', CHARGED, body);
    stripe.get('/v1/disputes', { payment_intent: 'pi_1', limit: 1 }, stripeError('api'), 500);
    const failed = await stripe.graph.ask(query);
    expect(failed.data).toEqual({ payment: { id: 'pi_1', dispute: null } });
    expect(failed.errors).toEqual(['payment.dispute: UPSTREAM_UNAVAILABLE']);

    stripe.get('/v1/payment_intents/pi_1', CHARGED, body);
    const odd = { ...dispute('du_1'), status: 'mediated' };
    stripe.get('/v1/disputes', { payment_intent: 'pi_1', limit: 1 }, list([odd]));
    expect((await stripe.graph.ask(query)).data).toEqual({
      payment: { id: 'pi_1', dispute: { status: 'UNKNOWN' } },
    });
  });
});

describe('a card', () => {
  const card = { brand: 'visa', last4: '4242', exp_month: 8, exp_year: 2028 };
  const METHOD = '{ payments { nodes { method { type card { brand last4 expMonth expYear } } } } }';
  const ATTEMPTED = { limit: 20, 'expand[]': ['data.latest_charge', 'data.payment_method'] };
  const expected = { brand: 'visa', last4: '4242', expMonth: 8, expYear: 2028 };

  it.each([
    ['card', card, expected],
    ['card_present', card, expected],
    ['interac_present', card, expected],
    [
      'kr_card',
      { brand: 'kb', last4: '1111' },
      { ...expected, brand: 'kb', last4: '1111', expMonth: null, expYear: null },
    ],
  ])('has the same fields however it was read: %s', async (type, details, wanted) => {
    const charged = { payment_method_details: { type, [type]: details } };
    const saved = { ...paymentMethod('pm_2'), card: undefined, type, [type]: details };
    const items = [
      paymentIntent('pi_2', 2, { latest_charge: { ...charge(), ...charged } }),
      paymentIntent('pi_1', 1, { payment_method: saved }),
    ];
    stripe.get('/v1/payment_intents', ATTEMPTED, list(items));
    const { data, errors } = await stripe.graph.ask(METHOD);
    expect(errors).toEqual([]);
    const method = { type: 'CARD', card: wanted };
    expect(data).toEqual({ payments: { nodes: [{ method }, { method }] } });
  });

  it('without brand and number is null', async () => {
    const body = { ...charge(), payment_method_details: { type: 'kr_card', kr_card: {} } };
    stripe.get(
      '/v1/payment_intents',
      ATTEMPTED,
      list([paymentIntent('pi_1', 1, { latest_charge: body })]),
    );
    expect((await stripe.graph.ask(METHOD)).data).toEqual({
      payments: { nodes: [{ method: { type: 'CARD', card: null } }] },
    });
  });
});

describe('an amount in a currency that Node.js does not list', () => {
  it.each(['std', 'zzz', 'usdc'])('keeps its code: %s', async (currency) => {
    stripe.get('/v1/payment_intents/pi_1', {}, paymentIntent('pi_1', 1, { currency }));
    const { data, errors } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { amount { amount currency } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      payment: { amount: { amount: '25.00', currency: currency.toUpperCase() } },
    });
  });
});
