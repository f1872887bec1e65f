import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { Money } from '../../../../money.ts';
import type { InvoiceOrder, RefundOrder } from '../../../orders.ts';
import type { PaymentsWriter } from '../../../provider.ts';
import { PaymentsRefused } from '../../../refusal.ts';
import { find } from '../stripe-client.ts';
import { getPaymentIntent } from '../endpoints/stripe-read-endpoints.ts';
import { StripeRefusal } from '../refusals/stripe-errors.ts';
import { ACCOUNT_PARTS, CHECKOUT_PARTS, INVOICE_PARTS, REFUND_PARTS } from '../refusals/stripe-parts.ts';
import { beginPlan, cancelPlan } from './stripe-plan-writes.ts';
import { toResult } from '../refusals/stripe-refusals.ts';
import { refusedRefund, refusedSending, refusedVoiding } from '../refusals/stripe-states.ts';
import * as endpoints from '../endpoints/stripe-write-endpoints.ts';
import { PAYMENTS } from '../../../service.ts';

/** Each call of a write has a key of its own, made of the write's: a repetition completes what was broken off halfway. */
export function createStripeWrites(client: UpstreamClient): PaymentsWriter {
  return {
    createCheckoutSession: (order, key, scope) =>
      toResult(() => client.send(endpoints.createCheckoutSession(order, key), scope), CHECKOUT_PARTS),
    createInvoice: (order, key, scope) => toResult(() => writeInvoice(client, order, key, scope), INVOICE_PARTS),
    sendInvoice: (id, key, scope) =>
      toResult(
        () => client.send(endpoints.sendInvoice(id, key), scope),
        INVOICE_PARTS,
        () => refusedSending(client, id, scope),
      ),
    voidInvoice: (id, key, scope) =>
      toResult(
        () => client.send(endpoints.voidInvoice(id, key), scope),
        INVOICE_PARTS,
        () => refusedVoiding(client, id, scope),
      ),
    refundPayment: (order, key, scope) =>
      toResult(
        () => writeRefund(client, order, key, scope),
        REFUND_PARTS,
        () => refusedRefund(client, order, scope),
      ),
    createBillingAccount: (order, key, scope) => toResult(() => client.send(endpoints.createCustomer(order, key), scope), ACCOUNT_PARTS),
    createRecurringPlan: (order, key, scope) => beginPlan(client, order, key, scope),
    cancelRecurringPlan: (ending, key, scope) => cancelPlan(client, ending, key, scope),
  };
}

async function writeInvoice(client: UpstreamClient, order: InvoiceOrder, key: string, scope: RequestScope) {
  // What is wrong with a line must be found before there is a draft.
  const lines = endpoints.linesOf(order);
  const draft = await client.send(endpoints.createInvoice(order, key), scope);
  try {
    return await client.send(endpoints.addInvoiceLines(draft.id, lines, `${key}-lines`), scope);
  } catch (error) {
    if (error instanceof StripeRefusal) throw error;
    // Half of it was done, whatever became of the other half.
    throw new UpstreamError('OUTCOME_UNKNOWN', PAYMENTS, { cause: error });
  }
}

async function writeRefund(client: UpstreamClient, order: RefundOrder, key: string, scope: RequestScope) {
  const request = endpoints.createRefund(order, key);
  if (order.amount !== null) await checkCurrency(client, order.paymentId, order.amount, scope);
  return client.send(request, scope);
}

/** A refund says no currency to Stripe, so that another one's amount would be taken for the payment's own. */
async function checkCurrency(client: UpstreamClient, paymentId: string, { currency }: Money, scope: RequestScope): Promise<void> {
  const payment = await find(client, getPaymentIntent(paymentId, []), scope);
  const expected = payment?.currency.toUpperCase() ?? currency;
  if (currency === expected) return;
  throw new PaymentsRefused({ reason: 'OTHER_CURRENCY', at: ['amount', 'currency'], expected, got: currency });
}
