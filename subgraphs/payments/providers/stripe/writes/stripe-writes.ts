import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { CodedError } from '../../../../../errors/coded-error.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { Money } from '../../../../money.ts';
import type { NewInvoice, NewRefund } from '../../../new-records.ts';
import { UTC } from '../../../calendar-day.ts';
import type { PaymentsSettings, PaymentsWriter } from '../../../provider.ts';
import { PaymentsRefused, type PaymentsWriteResult } from '../../../refusal.ts';
import { toMetadata } from '../mapping/stripe-metadata.ts';
import { discardAll, find } from '../stripe-client.ts';
import type { RecentAccounts } from '../stripe-recent-accounts.ts';
import { getPaymentIntent } from '../endpoints/stripe-read-endpoints.ts';
import {
  ACCOUNT_PARTS,
  CHECKOUT_PARTS,
  INVOICE_PARTS,
  REFUND_PARTS,
} from '../refusals/stripe-parts.ts';
import { beginPlan, cancelPlan } from './stripe-plan-writes.ts';
import { toResult } from '../refusals/stripe-refusals.ts';
import { refusedRefund, refusedSending, refusedVoiding } from '../refusals/stripe-states.ts';
import * as endpoints from '../endpoints/stripe-write-endpoints.ts';
import { PAYMENTS } from '../../../service.ts';

/** Each call of a write has its own key, derived from the write's: a retry completes an interrupted write. */
export function createStripeWrites(
  client: UpstreamClient,
  recentAccounts: RecentAccounts,
  { timeZone = UTC, customFields = {} }: PaymentsSettings,
): PaymentsWriter {
  return {
    createCheckoutSession: (record, key, scope) =>
      toResult(
        () => client.send(endpoints.createCheckoutSession(record, key), scope),
        CHECKOUT_PARTS,
      ),
    createInvoice: (record, key, scope) =>
      writeInvoice(
        client,
        { record, timeZone, metadata: toMetadata(customFields['Invoice'], record.extra), key },
        scope,
      ),
    sendInvoice: (id, key, scope) =>
      toResult(() => client.send(endpoints.sendInvoice(id, key), scope), INVOICE_PARTS, {
        findReason: () => refusedSending(client, id, scope),
      }),
    voidInvoice: (id, key, scope) =>
      toResult(() => client.send(endpoints.voidInvoice(id, key), scope), INVOICE_PARTS, {
        findReason: () => refusedVoiding(client, id, scope),
      }),
    refundPayment: (record, key, scope) =>
      toResult(() => writeRefund(client, record, key, scope), REFUND_PARTS, {
        findReason: () => refusedRefund(client, record, scope),
      }),
    createBillingAccount: async (record, key, scope) => {
      const metadata = toMetadata(customFields['BillingAccount'], record.extra);
      const write = () => client.send(endpoints.createCustomer(record, metadata, key), scope);
      const result = await toResult(write, ACCOUNT_PARTS);
      if (result.id !== null && record.email !== null)
        await recentAccounts.add(record.email, result.id);
      return result;
    },
    createRecurringPlan: (record, key, scope) =>
      beginPlan(
        client,
        { record, metadata: toMetadata(customFields['RecurringPlan'], record.extra), key },
        scope,
      ),
    cancelRecurringPlan: (cancellation, key, scope) => cancelPlan(client, cancellation, key, scope),
  };
}

interface InvoiceWrite {
  readonly record: NewInvoice;
  readonly timeZone: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly key: string;
}

function writeInvoice(
  client: UpstreamClient,
  { record, timeZone, metadata, key }: InvoiceWrite,
  scope: RequestScope,
): Promise<PaymentsWriteResult> {
  const drafts: string[] = [];
  const write = async () => {
    // Invalid lines must be found before there is a draft.
    const lines = endpoints.linesOf(record);
    const draft = await client.send(
      endpoints.createInvoice(record, timeZone, metadata, key),
      scope,
    );
    drafts.push(draft.id);
    return client
      .send(endpoints.addInvoiceLines(draft.id, lines, `${key}-lines`), scope)
      .catch(explainHalf);
  };
  const discard = () => discardAll(client, drafts.map(endpoints.deleteInvoice), scope);
  return toResult(write, INVOICE_PARTS, { discard });
}

/** The write is half done. A retry with the key does the rest, unless Stripe refuses it for good. */
function explainHalf(error: unknown): never {
  if (error instanceof CodedError && !error.extensions.retryable) throw error;
  throw new UpstreamError('OUTCOME_UNKNOWN', PAYMENTS, { cause: error });
}

async function writeRefund(
  client: UpstreamClient,
  record: NewRefund,
  key: string,
  scope: RequestScope,
) {
  const request = endpoints.createRefund(record, key);
  if (record.amount !== null) await checkCurrency(client, record.paymentId, record.amount, scope);
  return client.send(request, scope);
}

/** A refund has no currency at Stripe, so an amount in another one would be read as the payment's own. */
async function checkCurrency(
  client: UpstreamClient,
  paymentId: string,
  { currency }: Money,
  scope: RequestScope,
): Promise<void> {
  const payment = await find(client, getPaymentIntent(paymentId, []), scope);
  const expected = payment?.currency.toUpperCase() ?? currency;
  if (currency === expected) return;
  throw new PaymentsRefused({
    reason: 'OTHER_CURRENCY',
    at: ['amount', 'currency'],
    expected,
    got: currency,
  });
}
