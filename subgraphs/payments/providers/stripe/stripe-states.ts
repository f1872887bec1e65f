import type { RequestScope } from '../../../../upstream/call-trace.ts';
import type { UpstreamClient } from '../../../../upstream/upstream-client.ts';
import { INPUT } from '../../input-checks.ts';
import type { RefundOrder } from '../../orders.ts';
import type { UserError, UserErrorCode } from '../../write-outcome.ts';
import { find } from './stripe-client.ts';
import { getInvoice, getPaymentIntent, getSubscription } from './stripe-endpoints.ts';
import type { StripeRefusal } from './stripe-errors.ts';
import { toMinorUnits, toMoney } from './stripe-minor-units.ts';
import type { WireSubscription } from './stripe-wire.ts';

/**
 * What stands against a write, as the record's state tells it: many of Stripe's refusals have no code, and words that change.
 * Undefined where the state says nothing.
 */
type Found = Promise<UserError | undefined>;

/** https://docs.stripe.com/invoicing/overview#invoice-statuses */
export async function refusedSending(client: UpstreamClient, id: string, scope: RequestScope): Found {
  const invoice = await find(client, getInvoice(id, []), scope);
  switch (invoice?.status ?? '') {
    case 'paid':
      return ofInvoice('NOT_ALLOWED_NOW', 'The invoice is paid.');
    case 'void':
      return ofInvoice('NOT_ALLOWED_NOW', 'The invoice was taken back.');
    case 'uncollectible':
      return ofInvoice('NOT_ALLOWED_NOW', 'The invoice was given up.');
    case 'draft':
    case 'open':
      return invoice?.due_date == null
        ? ofInvoice('NOT_ALLOWED_NOW', 'The invoice is charged automatically, and is not to be sent.')
        : undefined;
    default:
      return undefined;
  }
}

export async function refusedVoiding(client: UpstreamClient, id: string, scope: RequestScope): Found {
  const invoice = await find(client, getInvoice(id, []), scope);
  switch (invoice?.status ?? '') {
    case 'void':
      return ofInvoice('ALREADY_DONE', 'The invoice was taken back before.');
    case 'paid':
      return ofInvoice('NOT_ALLOWED_NOW', 'The invoice is paid.');
    case 'draft':
      return ofInvoice('NOT_ALLOWED_NOW', 'The invoice is a draft.');
    default:
      return undefined;
  }
}

export async function refusedRefund(client: UpstreamClient, { paymentId, amount }: RefundOrder, scope: RequestScope): Found {
  const payment = await find(client, getPaymentIntent(paymentId, ['latest_charge']), scope);
  if (payment === null) return undefined;
  const field = [...INPUT, 'paymentId'];
  if (payment.status !== 'succeeded') return { code: 'NOT_ALLOWED_NOW', field, message: 'Nothing of the payment was received.' };
  const charge = payment.latest_charge;
  if (amount === null || charge == null || typeof charge === 'string') return undefined;
  const left = payment.amount - charge.amount_refunded;
  const own = [...INPUT, 'amount', 'amount'];
  if (BigInt(toMinorUnits(amount, own)) <= BigInt(left)) return undefined;
  const { amount: most, currency } = toMoney(left, payment.currency);
  return { code: 'NOT_ALLOWED_NOW', field: own, message: `No more than ${most} ${currency} of the payment is left.` };
}

export async function refusedEnding(client: UpstreamClient, id: string, scope: RequestScope): Found {
  const plan = await find(client, getSubscription(id, []), scope);
  return plan !== null && isOver(plan) ? HAS_ENDED : undefined;
}

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
export const isOver = ({ status }: WireSubscription) => status === 'canceled' || status === 'incomplete_expired';

export const HAS_ENDED: UserError = { code: 'ALREADY_DONE', field: [...INPUT, 'recurringPlanId'], message: 'The recurring plan is over.' };

/** A missing record that no parameter names: https://docs.stripe.com/billing/subscriptions/payment-methods-setting */
export const noWayToPay = ({ isMissing, reason }: StripeRefusal): UserError | undefined =>
  isMissing && reason.param == null
    ? {
        code: 'NOT_ALLOWED_NOW',
        field: [...INPUT, 'billingAccountId'],
        message: 'The billing account has no saved way to pay. With daysUntilDue, invoices are sent instead.',
      }
    : undefined;

const ofInvoice = (code: UserErrorCode, message: string): UserError => ({ code, field: [...INPUT, 'invoiceId'], message });
