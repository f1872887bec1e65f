import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import {
  BILLING_INTERVALS,
  DISPUTE_STATUSES,
  INVOICE_STATUSES,
  PAYMENT_METHOD_TYPES,
  PAYMENT_STATUSES,
  PLAN_STATUSES,
  valueOf,
} from '../../../../../../subgraphs/payments/providers/stripe/mapping/stripe-values.ts';

/** The literals of a type that the stripe package leaves open for others. */
type Known<Union extends string> = Union extends unknown
  ? string extends Union
    ? never
    : Union extends `${infer Text}`
      ? Text
      : never
  : never;

describe('tables of values', () => {
  it('have every status that the stripe package knows', () => {
    const intent = {
      canceled: 1,
      processing: 1,
      requires_action: 1,
      requires_capture: 1,
      requires_confirmation: 1,
      requires_payment_method: 1,
      succeeded: 1,
    };
    const known: Record<string, number> = intent satisfies Record<
      Known<Stripe.PaymentIntent.Status>,
      number
    >;
    expect(Object.keys(PAYMENT_STATUSES).sort()).toEqual(Object.keys(known).sort());

    const invoice = { draft: 1, open: 1, paid: 1, uncollectible: 1, void: 1 };
    const invoices: Record<string, number> = invoice satisfies Record<
      Known<Stripe.Invoice.Status>,
      number
    >;
    expect(Object.keys(INVOICE_STATUSES).sort()).toEqual(Object.keys(invoices).sort());

    const plan = {
      active: 1,
      canceled: 1,
      incomplete: 1,
      incomplete_expired: 1,
      past_due: 1,
      paused: 1,
      trialing: 1,
      unpaid: 1,
    };
    const plans: Record<string, number> = plan satisfies Record<
      Known<Stripe.Subscription.Status>,
      number
    >;
    expect(Object.keys(PLAN_STATUSES).sort()).toEqual(Object.keys(plans).sort());

    const dispute = {
      appeal_needs_response: 1,
      appeal_under_review: 1,
      lost: 1,
      needs_response: 1,
      prevented: 1,
      under_review: 1,
      warning_closed: 1,
      warning_needs_response: 1,
      warning_under_review: 1,
      won: 1,
    };
    const disputes: Record<string, number> = dispute satisfies Record<
      Known<Stripe.Dispute.Status>,
      number
    >;
    expect(Object.keys(DISPUTE_STATUSES).sort()).toEqual(Object.keys(disputes).sort());

    const interval = { day: 1, week: 1, month: 1, year: 1 };
    const intervals: Record<string, number> = interval satisfies Record<
      Known<Stripe.Price.Recurring.Interval>,
      number
    >;
    expect(Object.keys(BILLING_INTERVALS).sort()).toEqual(Object.keys(intervals).sort());
  });

  it('name a type for each payment method, and UNKNOWN for others', () => {
    expect(
      ['card', 'sepa_debit', 'customer_balance', 'paypal', 'ideal', 'klarna', 'oxxo'].map((type) =>
        valueOf(PAYMENT_METHOD_TYPES, type),
      ),
    ).toEqual(['CARD', 'BANK_DEBIT', 'BANK_TRANSFER', 'WALLET', 'WALLET', 'PAY_LATER', 'VOUCHER']);
    expect(
      ['ach_debit', 'ach_credit_transfer', 'sepa_credit_transfer', 'wechat'].map((type) =>
        valueOf(PAYMENT_METHOD_TYPES, type),
      ),
    ).toEqual(['BANK_DEBIT', 'BANK_TRANSFER', 'BANK_TRANSFER', 'WALLET']);
    expect(
      ['crypto', 'custom', '', 'toString', 'constructor', null, undefined].map((type) =>
        valueOf(PAYMENT_METHOD_TYPES, type),
      ),
    ).toEqual(Array.from({ length: 7 }, () => 'UNKNOWN'));
  });
});
