import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';

let sandbox: Sandbox<'stripe'>;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['stripe'] });
  stripe = clientWith('sk_test_sandbox');
});

afterAll(async () => {
  await sandbox.close();
});

function clientWith(key: string) {
  const { hostname, port } = new URL(sandbox.stripe.baseUrl);
  return new Stripe(key, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** What is not expanded is the id. */
function idOf(reference: unknown): string {
  if (typeof reference !== 'string')
    throw new Error(`Expected an id, but got ${JSON.stringify(reference)}`);
  return reference;
}

describe("Stripe's own client on the sandbox vendor", () => {
  it('pages through all customers by itself', async () => {
    const ids = new Set<string>();
    for await (const customer of stripe.customers.list({ limit: 100 })) ids.add(customer.id);
    expect(ids.size).toBeGreaterThanOrEqual(120);
  });

  it('finds customers by their e-mail', async () => {
    const emails = (await stripe.customers.list({ limit: 100 })).data.flatMap(
      ({ email }) => email ?? [],
    );
    const twice = emails.find((email, index) => emails.indexOf(email) !== index) ?? '';
    const found = await stripe.customers.list({ email: twice });
    expect(found.data.map(({ email }) => email)).toEqual([twice, twice]);
  });

  it('retrieves a payment with its charge and refunds in one call', async () => {
    const [refund] = (await stripe.refunds.list({ limit: 1 })).data;
    const intent = await stripe.paymentIntents.retrieve(idOf(refund?.payment_intent), {
      expand: ['latest_charge.refunds', 'customer'],
    });
    const charge = intent.latest_charge;
    if (charge === null || typeof charge === 'string')
      throw new Error('The charge was to be expanded.');
    expect(charge.refunds?.data.map(({ id }) => id)).toContain(refund?.id);
    expect(intent.customer).toMatchObject({ object: 'customer' });
  });

  it('lists payments, invoices, subscriptions and payment methods of a customer', async () => {
    const [latest] = (await stripe.subscriptions.list({ status: 'active', limit: 1 })).data;
    const customer = idOf(latest?.customer);
    const [intents, invoices, subscriptions, methods] = await Promise.all([
      stripe.paymentIntents.list({ customer, limit: 3 }),
      stripe.invoices.list({ customer, created: { gte: 0 } }),
      stripe.subscriptions.list({ customer, expand: ['data.latest_invoice'] }),
      stripe.customers.listPaymentMethods(customer),
    ]);
    for (const { data } of [intents, invoices, subscriptions]) {
      expect(data.length).toBeGreaterThan(0);
      expect(new Set(data.map((object) => object.customer))).toEqual(new Set([customer]));
    }
    expect(methods.data.length).toBeGreaterThan(0);
    const lines = await stripe.invoices.listLineItems(invoices.data[0]?.id ?? '');
    expect(lines.data[0]?.amount).toEqual(expect.any(Number));
  });

  it('reads prices and products', async () => {
    const [price] = (await stripe.prices.list({ limit: 1, type: 'recurring' })).data;
    const again = await stripe.prices.retrieve(price?.id ?? '', { expand: ['product'] });
    expect(again.product).toMatchObject({ object: 'product' });
  });

  it('refunds once, however often the request is retried with its key', async () => {
    const charges = await stripe.charges.list({ limit: 100 });
    const charge = charges.data.find(
      ({ captured, paid, amount_refunded: refunded }) => captured && paid && refunded === 0,
    );
    const refund = () =>
      stripe.refunds.create({ charge: charge?.id ?? '', amount: 10 }, { idempotencyKey: 'once' });
    expect((await refund()).id).toBe((await refund()).id);
    expect((await stripe.charges.retrieve(charge?.id ?? '')).amount_refunded).toBe(10);
    await expect(
      stripe.refunds.create({ charge: charge?.id ?? '' }, { idempotencyKey: 'once' }),
    ).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
  });

  it('sends an invoice, and voids it', async () => {
    const { id: customer } = await stripe.customers.create({
      name: 'By the client',
      email: 'client@example.org',
    });
    const draft = await stripe.invoices.create({
      customer,
      collection_method: 'send_invoice',
      days_until_due: 7,
      currency: 'usd',
    });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 4200, description: 'Advice' }] });
    const sent = await stripe.invoices.sendInvoice(draft.id);
    expect(sent).toMatchObject({
      status: 'open',
      amount_due: 4200,
      lines: { data: [{ description: 'Advice' }] },
    });
    expect((await stripe.invoices.voidInvoice(draft.id)).status).toBe('void');
    await expect(stripe.invoices.finalizeInvoice(draft.id)).rejects.toBeInstanceOf(
      Stripe.errors.StripeInvalidRequestError,
    );
  });

  it('opens a checkout page', async () => {
    const price = { currency: 'eur', unit_amount: 900, product_data: { name: 'Seat' } };
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price_data: price, quantity: 2 }],
      success_url: 'https://shop.example/done',
    });
    const again = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items'] });
    expect(again).toMatchObject({
      amount_total: 1800,
      status: 'open',
      line_items: { data: [{ quantity: 2 }] },
    });
  });

  it('subscribes a customer, and cancels once', async () => {
    const { id: customer } = await stripe.customers.create({ name: 'Subscriber' });
    const product = await stripe.products.create({ name: 'Care' });
    const price = {
      currency: 'usd',
      product: product.id,
      unit_amount: 500,
      recurring: { interval: 'week' as const, interval_count: 2 },
    };
    const terms = { collection_method: 'send_invoice' as const, days_until_due: 14 };
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price_data: price, quantity: 1 }],
      ...terms,
    });
    expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({
      cancel_at_period_end: true,
    });
    expect((await stripe.subscriptions.cancel(id)).status).toBe('canceled');
    await expect(stripe.subscriptions.cancel(id)).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect(
      sandbox.stripe.writes.slice(-3).map(({ method, template }) => `${method} ${template}`),
    ).toEqual([
      'POST /v1/subscriptions',
      'POST /v1/subscriptions/{id}',
      'DELETE /v1/subscriptions/{id}',
    ]);
  });

  it('gets an error while its idempotency key is in use, and then the response', async () => {
    sandbox.stripe.latencyMs = 150;
    const create = () =>
      stripe.customers.create({ name: 'Twice at once' }, { idempotencyKey: 'at-once' });
    const [first, second] = await Promise.allSettled([create(), create()]);
    sandbox.stripe.latencyMs = 0;
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(
      sandbox.stripe.requests
        .slice(-2)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([200, 409]);
    expect((await create()).name).toBe('Twice at once');
    expect(
      sandbox.stripe.writes.filter(({ idempotencyKey }) => idempotencyKey === 'at-once'),
    ).toHaveLength(1);
  });

  it('raises its own errors', async () => {
    await expect(stripe.customers.retrieve('cus_unknown')).rejects.toMatchObject({
      constructor: Stripe.errors.StripeInvalidRequestError,
      statusCode: 404,
      code: 'resource_missing',
      requestId: expect.stringMatching(/^req_/),
    });
    await expect(stripe.charges.list({ limit: 1000 })).rejects.toBeInstanceOf(
      Stripe.errors.StripeInvalidRequestError,
    );
    await expect(clientWith('sk_live_elsewhere').customers.list()).rejects.toBeInstanceOf(
      Stripe.errors.StripeAuthenticationError,
    );
  });

  it('gets an error above the rate limit', async () => {
    sandbox.stripe.fault = '429';
    await expect(stripe.products.list()).rejects.toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    sandbox.stripe.fault = null;
  });
});
