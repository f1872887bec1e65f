import { describe, expect, it } from '@jest/globals';
import { openStripe } from './stripe-requests.ts';

const item = (index: number, currency: string, amount: number | string, quantity = 1) => ({
  [`line_items[${String(index)}][price_data][currency]`]: currency,
  [`line_items[${String(index)}][price_data][unit_amount]`]: amount,
  [`line_items[${String(index)}][price_data][product_data][name]`]: `Thing ${String(index)}`,
  [`line_items[${String(index)}][quantity]`]: quantity,
});

const PAGES = {
  mode: 'payment',
  success_url: 'https://shop.example/done',
  cancel_url: 'https://shop.example/',
};

describe('Stripe sandbox vendor, checkout', () => {
  it('opens a page for a payment', () => {
    const stripe = openStripe();
    const customer = stripe.newCustomer('buyer');
    const answer = stripe.write('/v1/checkout/sessions', {
      ...PAGES,
      customer,
      ...item(0, 'EUR', 1250, 2),
      ...item(1, 'eur', 100),
    });
    expect(answer).toMatchObject({ status: 200, wrote: '/v1/checkout/sessions' });
    const session = stripe.object(answer);
    expect(session).toMatchObject({
      object: 'checkout.session',
      amount_subtotal: 2600,
      amount_total: 2600,
      currency: 'eur',
      customer,
      customer_details: { email: 'buyer@example.org' },
      expires_at: session.created + 86_400,
      mode: 'payment',
      payment_intent: null,
      payment_status: 'unpaid',
      status: 'open',
      success_url: 'https://shop.example/done',
      url: expect.stringMatching(
        new RegExp(`^https://checkout\\.stripe\\.example/c/pay/${session.id}#`),
      ),
    });
    expect(session).not.toHaveProperty('line_items');
    expect(stripe.get(`/v1/checkout/sessions/${session.id}`)).toEqual(session);
    expect(stripe.list(`/v1/checkout/sessions?customer=${customer}&status=open`).data).toEqual([
      session,
    ]);
  });

  it('returns the items on request', () => {
    const stripe = openStripe();
    const { id } = stripe.object(
      stripe.write('/v1/checkout/sessions', { ...PAGES, ...item(0, 'usd', 999, 3) }),
    );
    const items = [
      {
        object: 'item',
        amount_total: 2997,
        description: 'Thing 0',
        quantity: 3,
        price: { unit_amount: 999 },
      },
    ];
    expect(stripe.get(`/v1/checkout/sessions/${id}?expand[]=line_items`)).toMatchObject({
      line_items: { data: items },
    });
    expect(stripe.list(`/v1/checkout/sessions/${id}/line_items`).data).toMatchObject(items);
  });

  it.each([
    [{ mode: 'payment' }, { code: 'parameter_missing', param: 'success_url' }],
    [
      { mode: 'gift' },
      { message: 'Invalid mode: must be one of payment, setup, or subscription', param: 'mode' },
    ],
    [PAGES, { code: 'parameter_missing', param: 'line_items' }],
    [
      { ...PAGES, ...item(0, 'usd', 49) },
      {
        code: 'amount_too_small',
        message: expect.stringMatching(/must add up to at least \$0\.50 usd$/),
      },
    ],
    [
      { ...PAGES, ...item(0, 'jpy', 49) },
      { code: 'amount_too_small', message: expect.stringMatching(/at least ¥50 jpy$/) },
    ],
    [
      { ...PAGES, ...item(0, 'usd', 999), ...item(1, 'eur', 999) },
      { param: 'line_items[1][price_data]' },
    ],
    [
      { ...PAGES, ...item(0, 'doubloon', 999) },
      {
        param: 'line_items[0][price_data][currency]',
        message: expect.stringMatching(/^Invalid currency: doubloon\./),
      },
    ],
    [
      { ...PAGES, ...item(0, 'usd', '9.99') },
      { code: 'parameter_invalid_integer', param: 'line_items[0][price_data][unit_amount]' },
    ],
    [
      { ...PAGES, ...item(0, 'usd', 999, 0) },
      { code: 'parameter_invalid_integer', param: 'line_items[0][quantity]' },
    ],
    [
      { ...PAGES, ...item(0, 'usd', 999), customer: 'cus_x' },
      { code: 'resource_missing', message: "No such customer: 'cus_x'", param: 'customer' },
    ],
    [
      { ...PAGES, success_url: 'done' },
      { code: 'url_invalid', param: 'success_url' },
    ],
  ])('refuses %p', (params, refusal) => {
    const stripe = openStripe();
    const answer = stripe.write('/v1/checkout/sessions', params);
    expect(stripe.refusal(answer)).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      ...refusal,
    });
    expect(stripe.list('/v1/checkout/sessions').data).toEqual([]);
  });
});
