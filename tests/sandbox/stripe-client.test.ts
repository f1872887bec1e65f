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
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}

/** What is not expanded is the id. */
function idOf(reference: unknown): string {
  if (typeof reference !== 'string') throw new Error(`Expected an id, but got ${JSON.stringify(reference)}`);
  return reference;
}

describe('the official client of Stripe, pointed at the look-alike', () => {
  it('pages through all customers by itself', async () => {
    const ids = new Set<string>();
    for await (const customer of stripe.customers.list({ limit: 100 })) ids.add(customer.id);
    expect(ids.size).toBeGreaterThanOrEqual(120);
  });

  it('finds customers by their e-mail', async () => {
    const emails = (await stripe.customers.list({ limit: 100 })).data.flatMap(({ email }) => email ?? []);
    const twice = emails.find((email, index) => emails.indexOf(email) !== index) ?? '';
    const found = await stripe.customers.list({ email: twice });
    expect(found.data.map(({ email }) => email)).toEqual([twice, twice]);
  });

  it('retrieves a payment with its charge and refunds in one call', async () => {
    const [refund] = (await stripe.refunds.list({ limit: 1 })).data;
    const intent = await stripe.paymentIntents.retrieve(idOf(refund?.payment_intent), { expand: ['latest_charge.refunds', 'customer'] });
    const charge = intent.latest_charge;
    if (charge === null || typeof charge === 'string') throw new Error('The charge was to be expanded.');
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

  it('gives money back once, however often it is told to', async () => {
    const charges = await stripe.charges.list({ limit: 100 });
    const charge = charges.data.find(({ captured, paid, amount_refunded: refunded }) => captured && paid && refunded === 0);
    const refund = () => stripe.refunds.create({ charge: charge?.id ?? '', amount: 10 }, { idempotencyKey: 'once' });
    expect((await refund()).id).toBe((await refund()).id);
    expect((await stripe.charges.retrieve(charge?.id ?? '')).amount_refunded).toBe(10);
    await expect(stripe.refunds.create({ charge: charge?.id ?? '' }, { idempotencyKey: 'once' })).rejects.toBeInstanceOf(
      Stripe.errors.StripeIdempotencyError,
    );
  });

  it('raises its own errors', async () => {
    await expect(stripe.customers.retrieve('cus_unknown')).rejects.toMatchObject({
      constructor: Stripe.errors.StripeInvalidRequestError,
      statusCode: 404,
      code: 'resource_missing',
      requestId: expect.stringMatching(/^req_/),
    });
    await expect(stripe.charges.list({ limit: 1000 })).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    await expect(clientWith('sk_live_elsewhere').customers.list()).rejects.toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });

  it('is told when it asks too fast', async () => {
    sandbox.stripe.fault = '429';
    await expect(stripe.products.list()).rejects.toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    sandbox.stripe.fault = null;
  });
});
