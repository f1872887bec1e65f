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

  it('searches customers by their e-mail in any case, page by page', async () => {
    const found = new Set<string>();
    for await (const { email } of stripe.customers.search({ query: 'email~"EXAMPLE"', limit: 50 }))
      found.add(email ?? '');
    expect(found.size).toBeGreaterThan(50);
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

  it('updates a customer, whose metadata change key by key', async () => {
    const { id } = await stripe.customers.create({ name: 'Old', metadata: { a: '1', b: '2' } });
    const updated = await stripe.customers.update(id, {
      name: 'New',
      description: '',
      balance: -500,
      metadata: { a: '', c: '3' },
    });
    expect(updated).toMatchObject({
      name: 'New',
      description: null,
      balance: -500,
      metadata: { b: '2', c: '3' },
    });
    expect(updated.metadata).not.toHaveProperty('a');
    await expect(stripe.customers.update('cus_unknown', { name: 'x' })).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it('has separate balances per currency, which only an expansion returns', async () => {
    const { id } = await stripe.customers.create({ name: 'Balanced' });
    await stripe.customers.createBalanceTransaction(id, { amount: -1000, currency: 'eur' });
    await stripe.customers.createBalanceTransaction(id, { amount: 300, currency: 'usd' });
    expect(await stripe.customers.retrieve(id)).not.toHaveProperty('invoice_credit_balance');
    const expanded = await stripe.customers.retrieve(id, { expand: ['invoice_credit_balance'] });
    expect(expanded).toMatchObject({
      balance: -1000,
      currency: 'eur',
      invoice_credit_balance: { eur: 1000, usd: -300 },
    });
  });

  it('authorizes a payment, captures a part of it, and releases the rest', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'eur',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 1000 });
    await expect(
      stripe.paymentIntents.capture(intent.id, { amount_to_capture: 1001 }),
    ).rejects.toMatchObject({ code: 'amount_too_large' });
    const captured = await stripe.paymentIntents.capture(intent.id, {
      amount_to_capture: 600,
      expand: ['latest_charge.refunds'],
    });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount: 1000,
      amount_received: 600,
      amount_capturable: 0,
      latest_charge: {
        amount_captured: 600,
        amount_refunded: 400,
        refunded: false,
        refunds: { data: [{ amount: 400, balance_transaction: null }] },
      },
    });
    await expect(stripe.paymentIntents.capture(intent.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('confirms a payment step by step, and cancels another', async () => {
    const { id, status } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect(status).toBe('requires_payment_method');
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    const changed = await stripe.paymentIntents.update(id, {
      amount: 700,
      payment_method: 'pm_card_mastercard',
    });
    expect(changed).toMatchObject({ amount: 700, status: 'requires_confirmation' });
    expect(await stripe.paymentIntents.confirm(id)).toMatchObject({
      status: 'succeeded',
      amount_received: 700,
    });
    await expect(stripe.paymentIntents.cancel(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    const other = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
    });
    expect(other).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'redirect_to_url' },
    });
    const canceled = await stripe.paymentIntents.cancel(other.id, {
      cancellation_reason: 'abandoned',
    });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  });

  it('raises a card error that names the payment, which waits for another card', async () => {
    const paying = stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      payment_method: 'pm_card_chargeDeclined',
      confirm: true,
    });
    await expect(paying).rejects.toBeInstanceOf(Stripe.errors.StripeCardError);
    const error = await paying.catch((reason: unknown) => reason as Stripe.errors.StripeCardError);
    if (!(error instanceof Stripe.errors.StripeCardError)) throw new Error('It was declined.');
    expect(error).toMatchObject({ code: 'card_declined', decline_code: 'generic_decline' });
    const intent = await stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '');
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'generic_decline' },
    });
    const again = await stripe.paymentIntents.confirm(intent.id, {
      payment_method: 'pm_card_visa',
    });
    expect(again.status).toBe('succeeded');
  });

  it('disputes a payment, takes evidence, and closes the dispute once', async () => {
    const pay = () =>
      stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        payment_method: 'pm_card_createDispute',
        confirm: true,
        expand: ['latest_charge'],
      });
    const intent = await pay();
    expect(intent.latest_charge).toMatchObject({ disputed: true });
    const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
    expect(dispute).toMatchObject({
      amount: 2000,
      reason: 'fraudulent',
      status: 'needs_response',
      payment_intent: intent.id,
    });
    const defended = await stripe.disputes.update(dispute?.id ?? '', {
      evidence: { customer_name: 'Pat' },
    });
    expect(defended).toMatchObject({
      status: 'under_review',
      evidence: { customer_name: 'Pat' },
      evidence_details: { submission_count: 1 },
    });
    const [other] = (await stripe.disputes.list({ payment_intent: (await pay()).id })).data;
    expect((await stripe.disputes.close(other?.id ?? '')).status).toBe('lost');
    await expect(stripe.disputes.close(other?.id ?? '')).rejects.toMatchObject({ statusCode: 400 });
  });

  it('changes a draft, but no binding field of a final invoice', async () => {
    const { id: customer } = await stripe.customers.create({ name: 'Debtor' });
    const create = () =>
      stripe.invoices.create({
        customer,
        collection_method: 'send_invoice',
        days_until_due: 7,
        currency: 'usd',
      });
    const { id } = await create();
    const due = { description: 'A note', due_date: 2_000_000_000 };
    expect(await stripe.invoices.update(id, due)).toMatchObject(due);
    await stripe.invoices.addLines(id, { lines: [{ amount: 100, description: 'Advice' }] });
    await stripe.invoices.finalizeInvoice(id);
    expect(await stripe.invoices.update(id, { metadata: { a: '1' } })).toMatchObject({
      metadata: { a: '1' },
    });
    await expect(stripe.invoices.update(id, { days_until_due: 1 })).rejects.toMatchObject({
      code: 'invoice_not_editable',
    });
    await expect(stripe.invoices.del(id)).rejects.toMatchObject({ statusCode: 400 });
    const other = await create();
    expect(await stripe.invoices.del(other.id)).toMatchObject({ id: other.id, deleted: true });
    await expect(stripe.invoices.retrieve(other.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('lists a price in several currencies, and charges a subscription in one of them', async () => {
    const { id: customer } = await stripe.customers.create({ name: 'European' });
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
      product_data: { name: 'Calls' },
      transform_quantity: { divide_by: 100, round: 'up' },
      currency_options: { eur: { unit_amount: 925 } },
    });
    expect(price).not.toHaveProperty('currency_options');
    const subscribe = (currency: string) =>
      stripe.subscriptions.create({
        customer,
        currency,
        items: [{ price: price.id }],
        collection_method: 'send_invoice',
        days_until_due: 7,
        expand: ['latest_invoice'],
      });
    expect(await subscribe('eur')).toMatchObject({
      currency: 'eur',
      items: { data: [{ price: { currency: 'usd', unit_amount: 1000 } }] },
      latest_invoice: { currency: 'eur', total: 925 },
    });
    await expect(subscribe('gbp')).rejects.toMatchObject({ param: 'items[0][price]' });
    const expanded = await stripe.prices.retrieve(price.id, { expand: ['currency_options'] });
    expect(expanded).toMatchObject({
      transform_quantity: { divide_by: 100, round: 'up' },
      currency_options: { eur: { unit_amount: 925 }, usd: { unit_amount: 1000 } },
    });
    const path = 'data.items.data.price.currency_options';
    await expect(stripe.subscriptions.list({ customer, expand: [path] })).rejects.toThrow(
      'You cannot expand more than 4 levels',
    );
    expect((await stripe.prices.update(price.id, { active: false })).active).toBe(false);
  });

  it('deletes only a product without prices', async () => {
    const { id } = await stripe.products.create({ name: 'Unsold' });
    expect((await stripe.products.update(id, { name: 'Still unsold' })).name).toBe('Still unsold');
    expect((await stripe.products.del(id)).deleted).toBe(true);
    await expect(stripe.products.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
    const [sold] = (await stripe.products.list({ limit: 1 })).data;
    await expect(stripe.products.del(sold?.id ?? '')).rejects.toMatchObject({ statusCode: 400 });
  });

  it('returns a deleted product for the key that created it', async () => {
    const create = () => stripe.products.create({ name: 'Once' }, { idempotencyKey: 'product' });
    const { id } = await create();
    await stripe.products.del(id);
    expect((await create()).id).toBe(id);
    await expect(stripe.products.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('declines a plan whose card fails, and stores nothing of it', async () => {
    const { id: customer } = await stripe.customers.create({ name: 'Declined' });
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    expect(method.customer).toBe(customer);
    const product = await stripe.products.create({ name: 'Declined' });
    const price_data = {
      currency: 'usd',
      product: product.id,
      unit_amount: 500,
      recurring: { interval: 'month' as const },
    };
    const subscribing = stripe.subscriptions.create({
      customer,
      items: [{ price_data }],
      default_payment_method: method.id,
      payment_behavior: 'error_if_incomplete',
    });
    await expect(subscribing).rejects.toBeInstanceOf(Stripe.errors.StripeCardError);
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
    expect((await stripe.products.del(product.id)).deleted).toBe(true);
  });

  it('pauses the collection of a subscription, and ends it on a date, with its status as it was', async () => {
    const [active] = (await stripe.subscriptions.list({ status: 'active', limit: 1 })).data;
    const id = active?.id ?? '';
    const paused = await stripe.subscriptions.update(id, {
      pause_collection: { behavior: 'void', resumes_at: 2_000_000_000 },
      cancel_at: 2_100_000_000,
    });
    expect(paused).toMatchObject({
      status: 'active',
      pause_collection: { behavior: 'void', resumes_at: 2_000_000_000 },
      cancel_at: 2_100_000_000,
      cancel_at_period_end: false,
    });
    const resumed = await stripe.subscriptions.update(id, { pause_collection: '', cancel_at: '' });
    expect(resumed).toMatchObject({ pause_collection: null, cancel_at: null, canceled_at: null });
  });

  it('lists an event for every change, with the previous values', async () => {
    const { id } = await stripe.customers.create({ name: 'Before' }, { idempotencyKey: 'told' });
    await stripe.customers.update(id, { name: 'After' });
    const [updated, created] = (await stripe.events.list({ limit: 2 })).data;
    expect(created).toMatchObject({
      type: 'customer.created',
      api_version: Stripe.API_VERSION,
      request: { id: expect.stringMatching(/^req_/), idempotency_key: 'told' },
      data: { object: { id, name: 'Before' } },
    });
    expect(updated).toMatchObject({
      type: 'customer.updated',
      data: { object: { name: 'After' }, previous_attributes: { name: 'Before' } },
    });
    expect(await stripe.events.retrieve(updated?.id ?? '')).toEqual(updated);
    await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    const paid = await stripe.events.list({
      types: ['payment_intent.created', 'payment_intent.succeeded', 'charge.succeeded'],
      limit: 3,
    });
    expect(paid.data.map(({ type }) => type).sort()).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
    const none = await stripe.events.list({ type: 'customer.deleted' });
    expect(none.data).toEqual([]);
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
