import { describe, expect, it } from '@jest/globals';
import { openStripe } from './stripe-requests.ts';

function itemsOf(stripe: ReturnType<typeof openStripe>, currency: string, interval = 'month') {
  const { id } = stripe.object(stripe.write('/v1/products', { name: 'Retainer' }));
  return {
    'items[0][price_data][currency]': currency,
    'items[0][price_data][product]': id,
    'items[0][price_data][unit_amount]': 1500,
    'items[0][price_data][recurring][interval]': interval,
    'items[0][quantity]': 2,
  };
}

const SENT = { collection_method: 'send_invoice', days_until_due: 30 };

describe('Stripe sandbox vendor, subscriptions', () => {
  it('by invoice are active immediately, with a first invoice that is a draft for an hour', () => {
    const stripe = openStripe();
    const customer = stripe.newCustomer('subscriber');
    const answer = stripe.write('/v1/subscriptions', {
      customer,
      ...SENT,
      ...itemsOf(stripe, 'eur', 'year'),
      'expand[0]': 'latest_invoice',
    });
    expect(answer).toMatchObject({ status: 200, wrote: '/v1/subscriptions' });
    const subscription = stripe.object(answer);
    expect(subscription).toMatchObject({
      collection_method: 'send_invoice',
      currency: 'eur',
      days_until_due: 30,
      latest_invoice: {
        auto_advance: true,
        billing_reason: 'subscription_create',
        status: 'draft',
        total: 3000,
      },
      quantity: 2,
      status: 'active',
    });
    const [item] = stripe.list(`/v1/subscription_items?subscription=${subscription.id}`).data;
    expect(item).toMatchObject({
      current_period_end: subscription.created + 365 * 86_400,
      quantity: 2,
      price: { unit_amount: 1500 },
    });
    expect(stripe.list(`/v1/subscriptions?customer=${customer}`).data.map(({ id }) => id)).toEqual([
      subscription.id,
    ]);
    expect(stripe.get(`/v1/customers/${customer}`)['currency']).toBe('eur');
  });

  it('are paid immediately by customers with a payment method', () => {
    const stripe = openStripe();
    const { id: customer, currency } = stripe.payingCustomer();
    const subscription = stripe.object(
      stripe.write('/v1/subscriptions', {
        customer,
        ...itemsOf(stripe, typeof currency === 'string' ? currency : 'usd'),
        'expand[]': 'latest_invoice.payments',
      }),
    );
    expect(subscription).toMatchObject({
      status: 'active',
      latest_invoice: { amount_paid: 3000, status: 'paid' },
    });
    const [charge] = stripe.list(`/v1/charges?customer=${customer}&limit=1`).data;
    expect(charge).toMatchObject({ amount: 3000, status: 'succeeded' });
  });

  it('wait for their first payment if that is requested', () => {
    const stripe = openStripe();
    const params = {
      customer: stripe.newCustomer('later'),
      payment_behavior: 'default_incomplete',
      ...itemsOf(stripe, 'usd'),
    };
    const subscription = stripe.object(
      stripe.write('/v1/subscriptions', {
        ...params,
        'expand[]': 'latest_invoice.confirmation_secret',
      }),
    );
    expect(subscription).toMatchObject({
      status: 'incomplete',
      latest_invoice: { status: 'open', confirmation_secret: { type: 'payment_intent' } },
    });
  });

  it('are canceled at the end of their period, unless that is undone', () => {
    const stripe = openStripe();
    const { id, created } = stripe.object(
      stripe.write('/v1/subscriptions', {
        customer: stripe.newCustomer('leaver'),
        ...SENT,
        ...itemsOf(stripe, 'usd'),
      }),
    );
    const canceling = stripe.write(`/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' });
    expect(canceling).toMatchObject({
      wrote: '/v1/subscriptions/{id}',
      body: {
        cancel_at: created + 31 * 86_400,
        cancel_at_period_end: true,
        canceled_at: created + 1,
        cancellation_details: { reason: 'cancellation_requested' },
        status: 'active',
      },
    });
    expect(
      stripe.write(`/v1/subscriptions/${id}`, { cancel_at_period_end: 'false' }).body,
    ).toMatchObject({
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { reason: null },
    });
  });

  it('are canceled immediately, and only once', () => {
    const stripe = openStripe();
    const customer = stripe.newCustomer('leaver');
    const { id } = stripe.object(
      stripe.write('/v1/subscriptions', { customer, ...SENT, ...itemsOf(stripe, 'usd') }),
    );
    const canceled = stripe.remove(`/v1/subscriptions/${id}`);
    expect(canceled).toMatchObject({
      status: 200,
      body: { status: 'canceled', ended_at: expect.any(Number), cancel_at: null },
    });
    expect(stripe.get(`/v1/subscriptions/${id}`)).toEqual(canceled.body);
    expect(stripe.list(`/v1/subscriptions?customer=${customer}`).data).toEqual([]);
    expect(stripe.refusal(stripe.remove(`/v1/subscriptions/${id}`))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      message: `No such subscription: '${id}'`,
    });
    expect(
      stripe.refusal(stripe.write(`/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' })),
    ).toMatchObject({
      status: 400,
      message: 'A canceled subscription can only update its cancellation_details and metadata.',
    });
  });

  it.each([
    [
      {},
      {
        code: 'resource_missing',
        message: expect.stringMatching(
          /^This customer has no attached payment source or default payment method\./,
        ),
      },
    ],
    [
      { 'items[0][price_data][product]': 'prod_x' },
      { code: 'resource_missing', param: 'items[0][price_data][product]' },
    ],
    [
      { 'items[0][price_data][recurring][interval]': 'eon' },
      { param: 'items[0][price_data][recurring][interval]' },
    ],
    [
      { 'items[0][price_data][currency]': '' },
      { code: 'parameter_invalid_empty', param: 'items[0][price_data][currency]' },
    ],
    [{ customer: '' }, { code: 'parameter_invalid_empty', param: 'customer' }],
    [{ collection_method: 'send_invoice' }, { message: expect.stringMatching(/days_until_due/) }],
  ])('are refused for %p', (params, refusal) => {
    const stripe = openStripe();
    const complete = { customer: stripe.newCustomer('poor'), ...itemsOf(stripe, 'usd'), ...params };
    expect(stripe.refusal(stripe.write('/v1/subscriptions', complete))).toMatchObject({
      status: 400,
      ...refusal,
    });
    expect(stripe.list('/v1/subscriptions?limit=1&status=all').data[0]?.created).toBeLessThan(
      stripe.list('/v1/products?limit=1').data[0]?.created ?? 0,
    );
  });

  it('of one customer have one currency', () => {
    const stripe = openStripe();
    const customer = stripe.newCustomer('traveller');
    stripe.write('/v1/subscriptions', { customer, ...SENT, ...itemsOf(stripe, 'usd') });
    const other = stripe.write('/v1/subscriptions', {
      customer,
      ...SENT,
      ...itemsOf(stripe, 'eur'),
    });
    expect(stripe.refusal(other)).toMatchObject({
      status: 400,
      message: expect.stringMatching(/^You cannot combine currencies on a single customer\./),
    });
  });
});
