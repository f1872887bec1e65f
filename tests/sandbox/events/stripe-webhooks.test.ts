import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Stripe } from 'stripe';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { startReceiver } from './receiver.ts';

let sandbox: Sandbox<'stripe'>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let stripe: Stripe;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startSandbox({ vendors: ['stripe'], searchLagMs: 0 });
  sandbox.deliverTo({ url: receiver.url });
  const { hostname, port } = new URL(sandbox.stripe.baseUrl);
  stripe = new Stripe('sk_test_sandbox', {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  });
});

afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const secret = () => sandbox.webhookEnvironment['STRIPE_WEBHOOK_SECRETS'] ?? '';

/** Verified by Stripe's own client. */
const eventsIn = (received: readonly { headers: object; body: string }[], key = secret()) =>
  received.map(({ headers, body }) =>
    stripe.webhooks.constructEvent(
      body,
      (headers as Record<string, string>)['stripe-signature'] ?? '', // A receiver's headers.
      key,
    ),
  );

const aPayment = async () =>
  stripe.paymentIntents.create({
    amount: 5000,
    currency: 'eur',
    confirm: true,
    payment_method: 'pm_card_visa',
  });

const names = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type).toSorted();

describe('events of the Stripe sandbox vendor', () => {
  it('arrive signed, in the bytes that the signature is over', async () => {
    await stripe.customers.create(
      { name: 'Ada', email: 'ada@example.org' },
      { idempotencyKey: 'new-ada' },
    );
    const [delivery] = await receiver.waitFor(1);
    expect(delivery).toMatchObject({
      url: '/webhooks/stripe',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64},v0=[0-9a-f]{64}$/),
      },
    });
    const [event] = eventsIn(receiver.received);
    expect(event).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 1,
      request: { id: expect.stringMatching(/^req_/), idempotency_key: 'new-ada' },
      type: 'customer.created',
      data: { object: { object: 'customer', email: 'ada@example.org' } },
    });
    expect(event?.data.object).toEqual(
      await stripe.customers.retrieve((event?.data.object as Stripe.Customer).id), // Its type says so.
    );
  });

  it('are sent for a payment and its refund', async () => {
    const payment = await aPayment();
    await receiver.waitFor(3);
    await stripe.refunds.create({ payment_intent: payment.id, amount: 1000 });
    const events = eventsIn(await receiver.waitFor(5));
    expect(names(events)).toEqual([
      'charge.refunded',
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
      'refund.created',
    ]);
    expect(events.find(({ type }) => type === 'charge.refunded')?.data.previous_attributes).toEqual(
      { amount_refunded: 0 },
    );
  });

  it('are sent for an invoice that its customer pays on its page, without a request', async () => {
    const customer = await stripe.customers.create({ name: 'Debtor' });
    const invoice = await stripe.invoices.create({
      customer: customer.id,
      currency: 'eur',
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    await stripe.invoices.addLines(invoice.id, { lines: [{ amount: 900, description: 'Work' }] });
    await stripe.invoices.sendInvoice(invoice.id);
    const before = (await stripe.events.list({ limit: 100 })).data.length;
    expect(sandbox.stripe.edit.payInvoice(invoice.id)).toMatchObject({
      status: 'paid',
      amount_paid: 900,
      amount_remaining: 0,
    });
    const { data } = await stripe.events.list({ limit: 100 });
    const paid = data.slice(0, data.length - before);
    expect(names(paid)).toEqual([
      'charge.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice.updated',
      'invoice_payment.paid',
      'payment_intent.succeeded',
    ]);
    expect(paid.every(({ request }) => request?.id === null)).toBe(true);
    expect(names(data.slice(-before))).toEqual(
      expect.arrayContaining(['invoice.finalized', 'invoice.sent', 'payment_intent.created']),
    );
  });

  it('are sent for endings: subscriptions, checkouts, payment methods, refunds, customers', async () => {
    const { edit } = sandbox.stripe;
    const [subscription] = (await stripe.subscriptions.list({ status: 'active' })).data;
    const owner = (subscription?.customer ?? '') as string; // It is not expanded.
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/',
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'eur', unit_amount: 700, product_data: { name: 'Cup' } },
        },
      ],
    });
    const payment = await aPayment();
    const refund = await stripe.refunds.create({ payment_intent: payment.id });
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: owner });
    const before = (await stripe.events.list({ limit: 100 })).data.length;
    edit.completeCheckout(session.id);
    edit.failRefund(refund.id);
    edit.write('POST', `/v1/payment_methods/${method.id}/detach`);
    edit.write('DELETE', `/v1/customers/${owner}`);
    const { data } = await stripe.events.list({ limit: 100 });
    const told = data.slice(0, data.length - before);
    expect(names(told)).toEqual(
      expect.arrayContaining([
        'checkout.session.completed',
        'customer.deleted',
        'customer.subscription.deleted',
        'payment_method.detached',
        'refund.failed',
        'refund.updated',
      ]),
    );
    const detached = told.find(({ type }) => type === 'payment_method.detached');
    expect(detached?.data).toMatchObject({
      object: { customer: null },
      previous_attributes: { customer: owner },
    });
    const deleted = told.find(({ type }) => type === 'customer.deleted');
    expect(deleted?.data.object).toMatchObject({ id: owner, email: expect.anything() });
  });

  it('name of an object only the former values that changed, and null for a new key', async () => {
    const customer = await stripe.customers.create({ metadata: { tier: 'gold', city: 'Bern' } });
    await stripe.customers.update(customer.id, { metadata: { tier: 'silver', year: '2026' } });
    const { data } = await stripe.events.list({ type: 'customer.updated' });
    expect(data[0]?.data.previous_attributes).toEqual({ metadata: { tier: 'gold', year: null } });
  });

  it('show objects as the API does, without what only a request for more brings', async () => {
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/',
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'eur', unit_amount: 700, product_data: { name: 'Cup' } },
        },
      ],
    });
    sandbox.stripe.edit.expireCheckout(session.id);
    const { data } = await stripe.events.list({ types: ['checkout.session.expired'] });
    expect(data[0]?.data.object).toEqual(
      JSON.parse(JSON.stringify(await stripe.checkout.sessions.retrieve(session.id))),
    );
  });

  it('are listed newest first, filtered by type, time and delivery', async () => {
    sandbox.stripe.deliveries = 'cut';
    const customer = await stripe.customers.create({ name: 'Cut' });
    sandbox.stripe.deliveries = null;
    await stripe.customers.update(customer.id, { name: 'Off' });
    await receiver.waitFor(1);
    const settled = async () =>
      (await stripe.events.list({ delivery_success: true })).data.length === 1;
    while (!(await settled()));
    const failed = await stripe.events.list({ delivery_success: false });
    expect(names(failed.data)).toEqual(['customer.created']);
    const [newest, oldest] = (
      await stripe.events.list({ types: ['customer.created', 'customer.updated'] })
    ).data;
    expect([newest?.type, oldest?.type]).toEqual(['customer.updated', 'customer.created']);
    expect((await stripe.events.list({ ending_before: oldest?.id ?? '' })).data).toEqual([newest]);
    const now = Math.floor(Date.now() / 1000);
    expect((await stripe.events.list({ created: { gte: now - 60 } })).data).toHaveLength(2);
    expect((await stripe.events.list({ created: { gt: now + 60 } })).data).toEqual([]);
    expect(await stripe.events.retrieve(oldest?.id ?? '')).toMatchObject({ pending_webhooks: 1 });
  });

  it('go to endpoints created by the API, whose secret is only in the first response', async () => {
    sandbox.stripe.deliverTo(undefined);
    const { secret: told, ...endpoint } = await stripe.webhookEndpoints.create({
      url: `${receiver.url}/mine`,
      enabled_events: ['customer.updated'],
    });
    expect(told).toMatch(/^whsec_\w{32}$/);
    expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).toEqual(
      expect.not.objectContaining({ secret: expect.anything() }),
    );
    expect((await stripe.webhookEndpoints.list()).data).toEqual([
      JSON.parse(JSON.stringify(endpoint)),
    ]);
    const customer = await stripe.customers.create({ name: 'Ada' });
    await stripe.customers.update(customer.id, { name: 'Eve' });
    const events = eventsIn(await receiver.waitFor(1), told);
    expect(names(events)).toEqual(['customer.updated']);
    expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ deleted: true });
    expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  });

  it('have two signatures after the secret was rolled, each of which will do', async () => {
    const rolled = sandbox.stripe.edit.rollSecret();
    await stripe.customers.create({ name: 'Rolled' });
    await receiver.waitFor(1);
    expect(receiver.received[0]?.headers['stripe-signature']).toMatch(/(,v1=[0-9a-f]{64}){2},v0=/);
    expect(names(eventsIn(receiver.received))).toEqual(['customer.created']);
    expect(names(eventsIn(receiver.received, rolled))).toEqual(['customer.created']);
  });

  it('are sent again until they are taken, signed anew each time', async () => {
    receiver.replies.push([503], [302, { location: '/elsewhere' }]);
    await stripe.customers.create({ name: 'Again' });
    await receiver.waitFor(3);
    const ids = eventsIn(receiver.received).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
  });

  it('are thin for an endpoint that wants them so', async () => {
    sandbox.stripe.deliverTo(undefined);
    const thin = sandbox.stripe.edit.addEndpoint({
      url: receiver.url,
      enabledEvents: ['v1.customer.created'],
      payload: 'thin',
    });
    const customer = await stripe.customers.create({ name: 'Thin' });
    const [delivery] = await receiver.waitFor(1);
    const notification = stripe.parseEventNotification(
      delivery?.body ?? '',
      String(delivery?.headers['stripe-signature']),
      thin.secret,
    );
    const [snapshot] = (await stripe.events.list({ type: 'customer.created' })).data;
    expect(notification).toMatchObject({
      object: 'v2.core.event',
      type: 'v1.customer.created',
      related_object: {
        id: customer.id,
        type: 'customer',
        url: `/v1/customers/${customer.id}`,
      },
      snapshot_event: snapshot?.id,
    });
    expect(delivery?.body).not.toContain('Thin');
  });
});

describe('faults of the deliveries of the Stripe sandbox vendor', () => {
  it('cut: nothing arrives, later neither, and the API still lists it', async () => {
    sandbox.stripe.deliveries = 'cut';
    const lost = await stripe.customers.create({ name: 'Lost' });
    sandbox.stripe.deliveries = null;
    await stripe.customers.update(lost.id, { name: 'Heard' });
    expect(names(eventsIn(await receiver.waitFor(1)))).toEqual(['customer.updated']);
    expect((await stripe.events.list()).data).toHaveLength(2);
  });

  it('late: it arrives when the fault ends', async () => {
    sandbox.stripe.deliveries = 'late';
    await aPayment();
    expect(receiver.received).toEqual([]);
    sandbox.stripe.deliveries = null;
    expect(await receiver.waitFor(3)).toHaveLength(3);
  });

  it('out-of-order: the events of a change arrive in reverse', async () => {
    sandbox.stripe.deliveries = 'out-of-order';
    await aPayment();
    const arrived = eventsIn(await receiver.waitFor(3)).map(({ id }) => id);
    const { data } = await stripe.events.list();
    // The list has the newest first.
    expect(arrived).toEqual(data.map(({ id }) => id));
  });

  it('twice: each event arrives once more', async () => {
    sandbox.stripe.deliveries = 'twice';
    await stripe.customers.create({ name: 'Twice' });
    const [first, second] = eventsIn(await receiver.waitFor(2));
    expect(first).toEqual(second);
  });

  it('wrong-signature: it is not signed with the secret', async () => {
    sandbox.stripe.deliveries = 'wrong-signature';
    await stripe.customers.create({ name: 'Forged' });
    await receiver.waitFor(1);
    expect(() => eventsIn(receiver.received)).toThrow('No signatures found matching');
  });
});
