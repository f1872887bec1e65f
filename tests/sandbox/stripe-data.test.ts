import { describe, expect, it } from '@jest/globals';
import { customerIdOf } from '../../sandbox/stripe/stripe-ids.ts';
import { WORLD_TIME } from '../../sandbox/world/times.ts';
import { buildWorld } from '../../sandbox/world/world.ts';
import { openStripe, type Wire } from './stripe-requests.ts';

const stripe = openStripe();
const customers = stripe.every('/v1/customers');
const intents = stripe.every('/v1/payment_intents');
const charges = stripe.every('/v1/charges');
const refunds = stripe.every('/v1/refunds');
const invoices = stripe.every('/v1/invoices');
const subscriptions = stripe.every('/v1/subscriptions', { status: 'all' });
const methods = stripe.every('/v1/payment_methods');
const people = buildWorld().people;

const valuesOf = (objects: readonly Wire[], field: string) =>
  new Set(objects.map((object) => object[field]));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const linesOf = (invoice: Wire) => invoice['lines'] as { data: Wire[]; has_more: boolean };

describe('Stripe sandbox vendor, data', () => {
  it('are the same each time', () => {
    expect(openStripe().every('/v1/charges')).toEqual(charges);
  });

  it("have a customer for each billing account of a person, with the person's e-mail", () => {
    const byId = new Map(customers.map((customer) => [customer.id, customer]));
    for (const { key, email, billingAccounts } of people) {
      const owned = [1, 2].flatMap((number) => byId.get(customerIdOf(key, number)) ?? []);
      expect(owned.map((customer) => customer['email'])).toEqual(
        Array(billingAccounts).fill(email),
      );
    }
    expect(customers.length).toBe(sum(people.map(({ billingAccounts }) => billingAccounts)) + 6);
    expect(customers.length).toBeGreaterThanOrEqual(120);
    expect(people.filter(({ billingAccounts }) => billingAccounts === 2).length).toBeGreaterThan(5);
  });

  it('have the states that Stripe reports in a field other than the status', () => {
    const itemOf = (subscription: Wire) =>
      (subscription['items'] as { data: { price: Wire; current_period_end: number }[] }).data[0]; // A list always.
    const holds = (objects: readonly Wire[], is: (object: Wire) => boolean) =>
      objects.some((object) => is(object));
    expect({
      endsWithTheFlag: holds(subscriptions, (one) => one['cancel_at_period_end'] === true),
      endsWithThePeriodAlone: holds(
        subscriptions,
        (one) =>
          one['cancel_at_period_end'] === false &&
          one['cancel_at'] === itemOf(one)?.current_period_end,
      ),
      endsOnAnotherDate: holds(
        subscriptions,
        (one) => one['cancel_at'] !== null && one['cancel_at'] !== itemOf(one)?.current_period_end,
      ),
      isPaused: holds(
        subscriptions,
        (one) => one['status'] === 'active' && one['pause_collection'] !== null,
      ),
      isListedInAnotherCurrency: holds(
        subscriptions,
        (one) => one['currency'] !== itemOf(one)?.price['currency'],
      ),
      isCapturedInPart: holds(
        intents,
        (one) => one['status'] === 'succeeded' && one['amount_received'] !== one['amount'],
      ),
      isDisputed: holds(charges, (one) => one['disputed'] === true),
    }).toEqual({
      endsWithTheFlag: true,
      endsWithThePeriodAlone: true,
      endsOnAnotherDate: true,
      isPaused: true,
      isListedInAnotherCurrency: true,
      isCapturedInPart: true,
      isDisputed: true,
    });
  });

  it('have a dispute for each disputed charge, and no other', () => {
    const disputed = charges.filter((charge) => charge['disputed'] === true);
    const disputes = stripe.every('/v1/disputes');
    expect(disputes.map((dispute) => dispute['charge']).sort()).toEqual(
      disputed.map(({ id }) => id).sort(),
    );
  });

  it('have every status', () => {
    expect(valuesOf(intents, 'status')).toEqual(
      new Set([
        'succeeded',
        'requires_payment_method',
        'requires_confirmation',
        'requires_action',
        'requires_capture',
        'processing',
        'canceled',
      ]),
    );
    expect(valuesOf(refunds, 'status')).toEqual(new Set(['succeeded', 'pending', 'failed']));
    expect(valuesOf(invoices, 'status')).toEqual(
      new Set(['draft', 'open', 'paid', 'void', 'uncollectible']),
    );
    expect(valuesOf(subscriptions, 'status')).toEqual(
      new Set(['active', 'trialing', 'past_due', 'canceled', 'unpaid', 'paused', 'incomplete']),
    );
    expect(valuesOf(methods, 'type')).toEqual(
      new Set(['card', 'sepa_debit', 'us_bank_account', 'bacs_debit', 'link']),
    );
    expect(valuesOf(intents, 'currency')).toEqual(
      new Set(['chf', 'eur', 'gbp', 'jpy', 'kwd', 'usd']),
    );
  });

  it('have at most twelve payments per customer', () => {
    const counts = customers.map(
      ({ id }) => intents.filter(({ customer }) => customer === id).length,
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(12);
    expect(Math.min(...counts)).toBe(0);
  });

  it('have money in whole minor units, and dinars in multiples of ten', () => {
    for (const { amount, currency } of [...intents, ...charges, ...refunds]) {
      expect(Number.isInteger(amount)).toBe(true);
      expect(amount).toBeGreaterThan(0);
      if (currency === 'kwd') expect(Number(amount) % 10).toBe(0);
    }
  });

  it('have the reason of a failed payment', () => {
    const failed = intents.filter((intent) => intent['last_payment_error'] !== null);
    expect(failed.length).toBeGreaterThan(20);
    expect(failed[0]).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: {
        type: 'card_error',
        code: expect.any(String),
        message: expect.any(String),
        charge: failed[0]?.['latest_charge'],
      },
    });
    for (const { latest_charge: id } of failed)
      expect(charges.find((charge) => charge.id === id)).toMatchObject({
        status: 'failed',
        paid: false,
      });
  });

  it('add up: refunds to the refunded amount of charges', () => {
    for (const charge of charges) {
      const refunded = refunds.filter(
        (refund) => refund['charge'] === charge.id && refund['status'] !== 'failed',
      );
      expect(charge['amount_refunded']).toBe(sum(refunded.map(({ amount }) => Number(amount))));
      expect(Number(charge['amount_refunded'])).toBeLessThanOrEqual(Number(charge['amount']));
      expect(charge['refunded']).toBe(charge['amount_refunded'] === charge['amount']);
    }
    expect(charges.some((charge) => charge['refunded'])).toBe(true);
    expect(charges.some((charge) => !charge['refunded'] && charge['amount_refunded'] !== 0)).toBe(
      true,
    );
  });

  it('add up: lines to invoices, and what is paid to what remains', () => {
    for (const invoice of invoices) {
      expect(Number(invoice['amount_paid']) + Number(invoice['amount_remaining'])).toBe(
        invoice['amount_due'],
      );
      const { data, has_more: hasMore } = linesOf(invoice);
      if (!hasMore) expect(sum(data.map(({ amount }) => Number(amount)))).toBe(invoice['total']);
    }
    expect(
      invoices.some(
        (invoice) =>
          invoice['status'] === 'open' && Number(invoice['due_date']) < WORLD_TIME / 1000,
      ),
    ).toBe(true);
  });

  it('have numbers for final invoices only, and their pages on an example host', () => {
    for (const { status, number, hosted_invoice_url: url } of invoices) {
      expect(number).toEqual(
        status === 'draft' ? null : expect.stringMatching(/^[A-Z0-9]{8}-\d{4}$/),
      );
      expect(url).toEqual(
        status === 'draft' ? null : expect.stringMatching(/^https:\/\/invoice\.stripe\.example\//),
      );
    }
  });

  it("have valid references, and times between the customer's creation and now", () => {
    const begins = new Map(customers.map(({ id, created }) => [id, created]));
    const unknownCustomer = intents.find(({ customer }) => !begins.has(String(customer)))?.[
      'customer'
    ];
    expect(stripe.get(`/v1/customers/${String(unknownCustomer)}`)).toEqual({
      id: unknownCustomer,
      object: 'customer',
      deleted: true,
    });
    const known = new Set(
      [...customers, ...intents, ...charges, ...invoices, ...subscriptions].map(({ id }) => id),
    );
    for (const object of [...intents, ...charges, ...invoices, ...subscriptions].filter(
      ({ customer }) => customer !== unknownCustomer,
    )) {
      expect(object.created).toBeGreaterThanOrEqual(
        begins.get(String(object['customer'])) ?? Infinity,
      );
      expect(object.created).toBeLessThanOrEqual(WORLD_TIME / 1000 + 60);
      for (const field of ['latest_charge', 'payment_intent', 'latest_invoice'] as const) {
        const id = object[field];
        if (typeof id === 'string') expect(known).toContain(id);
      }
    }
  });
});
