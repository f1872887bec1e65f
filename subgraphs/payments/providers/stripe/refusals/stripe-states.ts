import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import type { NewRefund } from '../../../new-records.ts';
import type { PaymentsRefusal, PlainReason } from '../../../refusal.ts';
import { find } from '../stripe-client.ts';
import {
  getInvoice,
  getPaymentIntent,
  getSubscription,
} from '../endpoints/stripe-read-endpoints.ts';
import type { StripeRefusal } from './stripe-errors.ts';
import { toMinorUnits, toMoney } from '../mapping/stripe-minor-units.ts';
import type { WireSubscription } from '../stripe-wire.ts';

/**
 * The reason of a refused write, from the record's state: many of Stripe's refusals have no code, and texts that change.
 * Undefined if the state gives no reason.
 */
type Found = Promise<PaymentsRefusal | undefined>;

/** https://docs.stripe.com/invoicing/overview#invoice-statuses */
export async function refusedSending(
  client: UpstreamClient,
  id: string,
  scope: RequestScope,
): Found {
  const invoice = await find(client, getInvoice(id, []), scope);
  switch (invoice?.status ?? '') {
    case 'paid':
      return ofInvoice('INVOICE_PAID');
    case 'void':
      return ofInvoice('INVOICE_VOID');
    case 'uncollectible':
      return ofInvoice('INVOICE_UNCOLLECTIBLE');
    case 'draft':
    case 'open':
      return invoice?.due_date == null ? ofInvoice('INVOICE_CHARGED_AUTOMATICALLY') : undefined;
    default:
      return undefined;
  }
}

export async function refusedVoiding(
  client: UpstreamClient,
  id: string,
  scope: RequestScope,
): Found {
  const invoice = await find(client, getInvoice(id, []), scope);
  switch (invoice?.status ?? '') {
    case 'void':
      return ofInvoice('INVOICE_ALREADY_VOID');
    case 'paid':
      return ofInvoice('INVOICE_PAID');
    case 'draft':
      return ofInvoice('INVOICE_DRAFT');
    default:
      return undefined;
  }
}

export async function refusedRefund(
  client: UpstreamClient,
  { paymentId, amount }: NewRefund,
  scope: RequestScope,
): Found {
  const payment = await find(client, getPaymentIntent(paymentId, ['latest_charge']), scope);
  if (payment === null) return undefined;
  if (payment.status !== 'succeeded') return { reason: 'NOTHING_RECEIVED', at: ['paymentId'] };
  const charge = payment.latest_charge;
  if (amount === null || charge == null || typeof charge === 'string') return undefined;
  const left = payment.amount - charge.amount_refunded;
  const at = ['amount', 'amount'];
  if (BigInt(toMinorUnits(amount, at)) <= BigInt(left)) return undefined;
  return { reason: 'MORE_THAN_LEFT', at, left: toMoney(left, payment.currency) };
}

export async function refusedCancellation(
  client: UpstreamClient,
  id: string,
  scope: RequestScope,
): Found {
  const plan = await find(client, getSubscription(id, []), scope);
  return plan !== null && isOver(plan) ? HAS_ENDED : undefined;
}

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
export const isOver = ({ status }: WireSubscription) =>
  status === 'canceled' || status === 'incomplete_expired';

export const HAS_ENDED: PaymentsRefusal = { reason: 'PLAN_ENDED', at: ['recurringPlanId'] };

/** A missing record without a parameter: https://docs.stripe.com/billing/subscriptions/payment-methods-setting */
export const noPaymentMethod = ({
  isMissing,
  reason,
}: StripeRefusal): PaymentsRefusal | undefined =>
  isMissing && reason.param == null
    ? { reason: 'NO_PAYMENT_METHOD', at: ['billingAccountId'] }
    : undefined;

const ofInvoice = (reason: PlainReason): PaymentsRefusal => ({ reason, at: ['invoiceId'] });
