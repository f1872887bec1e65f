import type {
  BillingInterval,
  CheckoutSessionStatus,
  DisputeStatus,
  InvoiceStatus,
  PaymentMethodType,
  PaymentStatus,
  RecurringPlanStatus,
  RefundStatus,
} from '../../../domain.ts';

/** A vendor's value that is not in the table is `UNKNOWN`. */
export const valueOf = <Value extends string>(
  table: Readonly<Record<string, Value>>,
  value: string | null | undefined,
): Value | 'UNKNOWN' =>
  value != null && Object.hasOwn(table, value) ? (table[value] ?? 'UNKNOWN') : 'UNKNOWN';

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
export const PAYMENT_STATUSES: Record<string, PaymentStatus> = {
  requires_payment_method: 'PENDING',
  requires_confirmation: 'PENDING',
  requires_action: 'ACTION_REQUIRED',
  processing: 'PROCESSING',
  requires_capture: 'AUTHORIZED',
  succeeded: 'SUCCEEDED',
  canceled: 'CANCELED',
};

export const REFUND_STATUSES: Record<string, RefundStatus> = {
  pending: 'PENDING',
  requires_action: 'ACTION_REQUIRED',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
};

/** https://docs.stripe.com/api/disputes/object#dispute_object-status */
export const DISPUTE_STATUSES: Record<string, DisputeStatus> = {
  warning_needs_response: 'WARNING_NEEDS_RESPONSE',
  warning_under_review: 'WARNING_UNDER_REVIEW',
  warning_closed: 'WARNING_CLOSED',
  needs_response: 'NEEDS_RESPONSE',
  under_review: 'UNDER_REVIEW',
  appeal_needs_response: 'APPEAL_NEEDS_RESPONSE',
  appeal_under_review: 'APPEAL_UNDER_REVIEW',
  won: 'WON',
  lost: 'LOST',
  prevented: 'PREVENTED',
};

export const SESSION_STATUSES: Record<string, CheckoutSessionStatus> = {
  open: 'OPEN',
  complete: 'COMPLETE',
  expired: 'EXPIRED',
};

export const INVOICE_STATUSES: Record<string, InvoiceStatus> = {
  draft: 'DRAFT',
  open: 'OPEN',
  paid: 'PAID',
  uncollectible: 'UNCOLLECTIBLE',
  void: 'VOID',
};

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
export const PLAN_STATUSES: Record<string, RecurringPlanStatus> = {
  incomplete: 'INCOMPLETE',
  incomplete_expired: 'EXPIRED',
  trialing: 'TRIALING',
  active: 'ACTIVE',
  past_due: 'PAST_DUE',
  unpaid: 'UNPAID',
  paused: 'PAUSED',
  canceled: 'CANCELED',
};

export const BILLING_INTERVALS: Record<string, BillingInterval> = {
  day: 'DAY',
  week: 'WEEK',
  month: 'MONTH',
  year: 'YEAR',
};

const METHODS_BY_TYPE: Record<Exclude<PaymentMethodType, 'UNKNOWN'>, readonly string[]> = {
  CARD: ['card', 'card_present', 'interac_present', 'kr_card'],
  BANK_DEBIT: [
    'ach_debit',
    'acss_debit',
    'au_becs_debit',
    'bacs_debit',
    'nz_bank_account',
    'payto',
    'sepa_debit',
    'us_bank_account',
  ],
  BANK_TRANSFER: [
    'ach_credit_transfer',
    'customer_balance',
    'paynow',
    'pix',
    'promptpay',
    'sepa_credit_transfer',
    'upi',
  ],
  WALLET: [
    ...[
      'alipay',
      'amazon_pay',
      'cashapp',
      'grabpay',
      'kakao_pay',
      'link',
      'mb_way',
      'mobilepay',
      'naver_pay',
      'payco',
      'paypal',
      'paypay',
    ],
    ...['revolut_pay', 'samsung_pay', 'satispay', 'swish', 'wechat', 'wechat_pay'],
    ...[
      'bancontact',
      'bizum',
      'blik',
      'eps',
      'fpx',
      'giropay',
      'ideal',
      'p24',
      'pay_by_bank',
      'sofort',
      'twint',
    ],
  ],
  PAY_LATER: [
    'affirm',
    'afterpay_clearpay',
    'alma',
    'billie',
    'klarna',
    'scalapay',
    'sequra',
    'sunbit',
    'zip',
  ],
  VOUCHER: ['boleto', 'konbini', 'multibanco', 'oxxo'],
};

/** Groups as in https://docs.stripe.com/payments/payment-methods/overview; redirects to a bank count as wallets. */
export const PAYMENT_METHOD_TYPES: Record<string, PaymentMethodType> = Object.fromEntries(
  // The cast is safe: the keys are those of the table above.
  Object.entries(METHODS_BY_TYPE).flatMap(([type, methods]) =>
    methods.map((method) => [method, type as PaymentMethodType]),
  ),
);
