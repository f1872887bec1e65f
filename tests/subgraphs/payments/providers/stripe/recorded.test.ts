import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  explainStripeError,
  StripeRefusal,
} from '../../../../../subgraphs/payments/providers/stripe/refusals/stripe-errors.ts';
import {
  toBillingAccount,
  toChargedMethod,
  toInvoice,
  toPayment,
  toRecurringPlan,
  toSavedPaymentMethod,
} from '../../../../../subgraphs/payments/providers/stripe/mapping/stripe-mapping.ts';
import {
  chargeSchema,
  customerSchema,
  errorSchema,
  invoiceSchema,
  pageSchema,
  paymentIntentSchema,
  paymentMethodSchema,
  subscriptionSchema,
} from '../../../../../subgraphs/payments/providers/stripe/stripe-wire.ts';

const FILE = path.resolve(process.env['RECORDED_DIR'] ?? '../shared/recorded', 'stripe.json');

const exchangesSchema = z.array(
  z.object({
    path: z.string(),
    status: z.int(),
    requestHeaders: z.record(z.string(), z.unknown()),
    responseHeaders: z.record(z.string(), z.unknown()),
    body: z.unknown(),
  }),
);

/** The pinned version and the one before: the shape of objects that is read here came with 2025-03-31.basil. */
const VERSIONS = /\.(basil|clover|dahlia)$/;

const exists = existsSync(FILE);
if (!exists) console.warn(`Skipped: no recordings at ${FILE}; set RECORDED_DIR.`);
const exchanges = exists
  ? exchangesSchema.parse(JSON.parse(readFileSync(FILE, 'utf8'))).map(readExchange)
  : [];
const bodiesOf = (object: string) =>
  exchanges
    .filter(
      ({ version, status, body }) =>
        VERSIONS.test(version) && status === 200 && body['object'] === object,
    )
    .map(({ body }) => body);

(exists ? describe : describe.skip)('recorded answers of Stripe are read whole', () => {
  it('customers', () => {
    const accounts = bodiesOf('customer').map((body) =>
      toBillingAccount(customerSchema.parse(body)),
    );
    expect(accounts.length).toBeGreaterThan(80);
    for (const account of accounts)
      expect(account).toMatchObject({
        id: expect.stringMatching(/^cus_/),
        createdAt: expect.stringMatching(/^20\d\d-/),
      });
    expect(accounts.some((account) => account?.email != null)).toBe(true);
  });

  it('payment intents', () => {
    const payments = bodiesOf('payment_intent').map((body) =>
      toPayment(paymentIntentSchema.parse(body)),
    );
    expect(payments.length).toBeGreaterThan(14);
    expect(new Set(payments.map(({ status }) => status))).not.toContain('UNKNOWN');
    for (const payment of payments) {
      expect(payment).toMatchObject({
        id: expect.stringMatching(/^pi_/),
        amount: { amount: expect.stringMatching(/^\d+\.\d\d$/), currency: 'USD' },
      });
    }
  });

  it('charges', () => {
    const methods = bodiesOf('charge').map((body) => toChargedMethod(chargeSchema.parse(body)));
    expect(methods.length).toBeGreaterThan(10);
    for (const method of methods)
      expect(method).toMatchObject({
        type: 'CARD',
        card: { last4: expect.stringMatching(/^\d{4}$/) },
      });
  });

  it('invoices', () => {
    const invoices = bodiesOf('invoice').map((body) => toInvoice(invoiceSchema.parse(body)));
    expect(invoices.length).toBeGreaterThan(15);
    expect(new Set(invoices.map(({ status }) => status))).not.toContain('UNKNOWN');
    expect(invoices.some(({ recurringPlanId }) => recurringPlanId?.startsWith('sub_'))).toBe(true);
    for (const { leadingLines } of invoices) expect(leadingLines).toMatchObject({ hasMore: false });
  });

  it('subscriptions', () => {
    const plans = bodiesOf('subscription').map((body) => {
      const wire = subscriptionSchema.parse(body);
      return toRecurringPlan(wire, wire.items.data);
    });
    expect(plans.length).toBeGreaterThan(15);
    expect(new Set(plans.map(({ status }) => status))).not.toContain('UNKNOWN');
    for (const plan of plans) {
      expect(plan.currentPeriodEnd).not.toBeNull();
      expect(plan.items[0]).toMatchObject({
        interval: expect.stringMatching(/^(MONTH|YEAR)$/),
        unitAmount: { currency: 'USD' },
      });
    }
  });

  it('payment methods, of which a card keeps brand, last four digits and expiry only', () => {
    const methods = bodiesOf('payment_method').map((body) =>
      toSavedPaymentMethod(paymentMethodSchema.parse(body)),
    );
    expect(methods.length).toBeGreaterThan(30);
    expect(new Set(methods.map(({ type }) => type))).not.toContain('UNKNOWN');
    for (const { type, card } of methods) {
      expect(Object.keys(card ?? {}).sort()).toEqual(
        type === 'CARD' ? ['brand', 'expMonth', 'expYear', 'last4'] : [],
      );
    }
  });

  it('lists (of invoice payments: no other is recorded, and none with has_more: true)', () => {
    const pages = bodiesOf('list').map((body) => pageSchema.parse(body));
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages) expect(page.has_more).toBe(false);
  });

  it('errors: only a missing record is recognised by the body, all others by the status', () => {
    const errors = exchanges.filter(({ status }) => status >= 400);
    expect(errors.length).toBeGreaterThan(15);
    for (const { status, body } of errors) {
      const { error } = errorSchema.parse(body);
      const explained = explainStripeError({ status, headers: {}, body });
      if (explained === undefined) expect(error.code).not.toBe('resource_missing');
      else expect(explained).toBeInstanceOf(StripeRefusal);
      expect(explained instanceof StripeRefusal && explained.isMissing).toBe(
        error.code === 'resource_missing',
      );
    }
  });
});

/** Masking secrets also replaced every "1" and "x" of some bodies, which are text since then. */
function readExchange({
  requestHeaders,
  responseHeaders,
  status,
  body,
}: z.output<typeof exchangesSchema>[number]) {
  const headers = Object.fromEntries(
    [...Object.entries(requestHeaders), ...Object.entries(responseHeaders)].map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const read: unknown =
    typeof body === 'string'
      ? JSON.parse(body.replaceAll('<VENDOR_ID>', '1').replaceAll('<VENDOR_AUTH_CODE>', 'x'))
      : body;
  return {
    version: String(headers['stripe-version']),
    status,
    body: z.record(z.string(), z.unknown()).parse(read),
  };
}
