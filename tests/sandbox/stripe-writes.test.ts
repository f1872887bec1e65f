import { describe, expect, it } from '@jest/globals';
import { openStripe, type Wire } from './stripe-requests.ts';

function chargeToRefund(stripe: ReturnType<typeof openStripe>): Wire {
  const found = stripe
    .every('/v1/charges')
    .find(
      ({ status, captured, amount_refunded: refunded }) =>
        status === 'succeeded' && captured === true && refunded === 0,
    );
  if (found === undefined) throw new Error('The seed has to hold a charge without refunds.');
  return found;
}

describe('Stripe sandbox vendor, refunds', () => {
  it('refunds a part, then the rest, then no more', () => {
    const stripe = openStripe();
    const charge = chargeToRefund(stripe);
    const amount = Number(charge['amount']);
    const part = stripe.post(
      '/v1/refunds',
      `charge=${charge.id}&amount=10&reason=duplicate&metadata[ticket]=7`,
    );
    expect(part).toMatchObject({
      status: 200,
      body: {
        object: 'refund',
        amount: 10,
        charge: charge.id,
        reason: 'duplicate',
        metadata: { ticket: '7' },
        status: 'succeeded',
      },
    });
    expect(stripe.get(`/v1/charges/${charge.id}`)).toMatchObject({
      amount_refunded: 10,
      refunded: false,
    });

    const rest = stripe.post('/v1/refunds', `payment_intent=${String(charge['payment_intent'])}`);
    expect(rest.body).toMatchObject({
      amount: amount - 10,
      payment_intent: charge['payment_intent'],
    });
    expect(stripe.get(`/v1/charges/${charge.id}`)).toMatchObject({
      amount_refunded: amount,
      refunded: true,
    });
    expect(stripe.every('/v1/refunds', { charge: charge.id })).toEqual([rest.body, part.body]);

    expect(stripe.refusal(stripe.post('/v1/refunds', `charge=${charge.id}`))).toMatchObject({
      status: 400,
      code: 'charge_already_refunded',
    });
  });

  it.each([
    ['amount=0', 'This value must be greater than or equal to 1.'],
    ['amount=1.5', 'Invalid integer: 1.5'],
    [
      'amount=999999999',
      expect.stringMatching(
        /^Refund amount \(999999999\) is greater than unrefunded amount on charge \(\d+\)$/,
      ),
    ],
    [
      'reason=boredom',
      'Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer',
    ],
    ['colour=red', 'Received unknown parameter: colour'],
  ])('refuses %s', (parameters, message) => {
    const stripe = openStripe();
    const answer = stripe.post('/v1/refunds', `charge=${chargeToRefund(stripe).id}&${parameters}`);
    expect(stripe.refusal(answer)).toMatchObject({ status: 400, message });
  });

  it('requires the charge or the payment to refund', () => {
    const stripe = openStripe();
    expect(stripe.refusal(stripe.post('/v1/refunds', ''))).toMatchObject({
      status: 400,
      code: 'parameter_missing',
    });
    expect(stripe.refusal(stripe.post('/v1/refunds', 'charge=ch_x'))).toMatchObject({
      status: 400,
      code: 'resource_missing',
      param: 'charge',
    });
  });
});

describe('Stripe sandbox vendor, new customers', () => {
  it('are first in the list when created', () => {
    const stripe = openStripe();
    const { body } = stripe.post(
      '/v1/customers',
      'email=new%40example.com&name=New+One&address[city]=Bern&address[country]=CH',
    );
    expect(body).toMatchObject({
      object: 'customer',
      email: 'new@example.com',
      name: 'New One',
      address: { city: 'Bern', country: 'CH', line1: null },
    });
    expect(stripe.list('/v1/customers?limit=1').data).toEqual([body]);
    expect(stripe.list('/v1/customers?email=new%40example.com').data).toEqual([body]);
  });
});

describe('Stripe sandbox vendor, idempotency', () => {
  it('executes a write once for each key and replays its response', () => {
    const stripe = openStripe();
    const ask = () =>
      stripe.post('/v1/customers', 'email=once%40example.com', { 'idempotency-key': 'key-1' });
    const [first, second] = [ask(), ask()];
    const original = first.headers?.['request-id'];
    expect(first.headers).toEqual({
      'idempotency-key': 'key-1',
      'original-request': original,
      'request-id': original,
      'stripe-should-retry': 'false',
      'stripe-version': expect.any(String),
    });
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': original,
    });
    expect(second.headers?.['request-id']).not.toBe(original);
    expect(stripe.list('/v1/customers?email=once%40example.com').data).toHaveLength(1);
  });

  it('stores nothing for invalid parameters', () => {
    const stripe = openStripe();
    const headers = { 'idempotency-key': 'key-0' };
    const refused = stripe.post('/v1/customers', 'colour=red', headers);
    expect(refused).toMatchObject({ status: 400, headers: { 'idempotency-key': 'key-0' } });
    expect(refused.headers).not.toHaveProperty('original-request');
    expect(stripe.post('/v1/customers', 'name=Red', headers)).toMatchObject({ status: 200 });
  });

  it('refuses a key of a pending request', () => {
    const { sandboxVendor } = openStripe();
    const request = (key: string) => ({
      method: 'POST',
      path: '/v1/customers',
      query: new URLSearchParams(),
      headers: { 'idempotency-key': key },
      body: '',
    });
    expect(sandboxVendor.overlap?.(request('key-4'), [request('key-4')])).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_key_in_use' } },
    });
    expect(sandboxVendor.overlap?.(request('key-5'), [request('key-4')])).toBeNull();
  });

  it('logs the requests that changed something', () => {
    const stripe = openStripe();
    const ask = () => stripe.post('/v1/customers', '', { 'idempotency-key': 'key-6' });
    expect([ask().wrote, ask().wrote]).toEqual(['/v1/customers', undefined]);
    expect(stripe.post('/v1/refunds', 'charge=ch_x').wrote).toBeUndefined();
  });

  it('replays refusals, too', () => {
    const stripe = openStripe();
    const ask = () => stripe.post('/v1/refunds', 'charge=ch_x', { 'idempotency-key': 'key-2' });
    expect(ask()).toMatchObject({ status: 400 });
    expect(ask()).toMatchObject({ status: 400, headers: { 'idempotent-replayed': 'true' } });
  });

  it('refuses the same key with another request', () => {
    const stripe = openStripe();
    const headers = { 'idempotency-key': 'key-3' };
    stripe.post('/v1/customers', 'name=A', headers);
    expect(stripe.refusal(stripe.post('/v1/customers', 'name=B', headers))).toMatchObject({
      status: 400,
      type: 'idempotency_error',
      message: expect.stringMatching(
        /^Keys for idempotent requests can only be used with the same parameters/,
      ),
    });
    expect(stripe.refusal(stripe.post('/v1/refunds', 'name=A', headers))).toMatchObject({
      status: 400,
      type: 'idempotency_error',
    });
  });

  it('accepts keys of up to 255 characters', () => {
    const stripe = openStripe();
    expect(stripe.post('/v1/customers', '', { 'idempotency-key': 'k'.repeat(255) }).status).toBe(
      200,
    );
    expect(stripe.post('/v1/customers', '', { 'idempotency-key': 'k'.repeat(256) }).status).toBe(
      400,
    );
  });
});
