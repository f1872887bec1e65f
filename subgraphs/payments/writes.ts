import type { RequestScope } from '../../upstream/call-trace.ts';
import type { OnceWriter } from '../write-once.ts';
import type {
  CancelRecurringPlanInput,
  CreateBillingAccountInput,
  CreateCheckoutSessionInput,
  CreateInvoiceInput,
  CreateRecurringPlanInput,
  RefundPaymentInput,
  SendInvoiceInput,
  VoidInvoiceInput,
} from './__generated__/inputs.ts';
import type { PaymentsProvider } from './provider.ts';
import { readAccountOrder, readCheckoutOrder, readInvoiceOrder, readPlanOrder, readRefundOrder } from './read-orders.ts';
import type { RefundPayload, WriteOutcome, WritePayload } from './write-outcome.ts';

/** The graph's mutations, each of which happens once for its key. */
export interface PaymentsWrites {
  createCheckoutSession(input: CreateCheckoutSessionInput): Promise<WritePayload>;
  createInvoice(input: CreateInvoiceInput): Promise<WritePayload>;
  sendInvoice(input: SendInvoiceInput): Promise<WritePayload>;
  voidInvoice(input: VoidInvoiceInput): Promise<WritePayload>;
  refundPayment(input: RefundPaymentInput): Promise<RefundPayload>;
  createBillingAccount(input: CreateBillingAccountInput): Promise<WritePayload>;
  createRecurringPlan(input: CreateRecurringPlanInput): Promise<WritePayload>;
  cancelRecurringPlan(input: CancelRecurringPlanInput): Promise<WritePayload>;
}

export function createPaymentsWrites(provider: PaymentsProvider, writer: OnceWriter, request: RequestScope): PaymentsWrites {
  const scope: RequestScope = { ...request, mustBeCurrent: true };
  const once = ({ name, input, write }: OnceOptions): Promise<WriteOutcome> => {
    const { idempotencyKey, ...said } = input;
    return writer.once({ name, idempotencyKey, input: said }, scope, { write });
  };

  return {
    createCheckoutSession: async (input) => {
      const order = readCheckoutOrder(input);
      const write = (key: string) => provider.createCheckoutSession(order, key, scope);
      return created(await once({ name: 'createCheckoutSession', input, write }));
    },
    createInvoice: async (input) => {
      const order = readInvoiceOrder(input);
      const write = (key: string) => provider.createInvoice(order, key, scope);
      return created(await once({ name: 'createInvoice', input, write }));
    },
    sendInvoice: async (input) => {
      const write = (key: string) => provider.sendInvoice(input.invoiceId, key, scope);
      return changed(input.invoiceId, await once({ name: 'sendInvoice', input, write }));
    },
    voidInvoice: async (input) => {
      const write = (key: string) => provider.voidInvoice(input.invoiceId, key, scope);
      return changed(input.invoiceId, await once({ name: 'voidInvoice', input, write }));
    },
    refundPayment: async (input) => {
      const order = readRefundOrder(input);
      const write = (key: string) => provider.refundPayment(order, key, scope);
      return { paymentId: input.paymentId, ...created(await once({ name: 'refundPayment', input, write })) };
    },
    createBillingAccount: async (input) => {
      const order = readAccountOrder(input);
      const write = (key: string) => provider.createBillingAccount(order, key, scope);
      return created(await once({ name: 'createBillingAccount', input, write }));
    },
    createRecurringPlan: async (input) => {
      const order = readPlanOrder(input);
      const write = (key: string) => provider.createRecurringPlan(order, key, scope);
      return created(await once({ name: 'createRecurringPlan', input, write }));
    },
    cancelRecurringPlan: async (input) => {
      const write = (key: string) => provider.cancelRecurringPlan(input, key, scope);
      return changed(input.recurringPlanId, await once({ name: 'cancelRecurringPlan', input, write }));
    },
  };
}

interface OnceOptions {
  readonly name: keyof PaymentsWrites;
  readonly input: { readonly idempotencyKey?: string | null | undefined };
  readonly write: (key: string) => Promise<WriteOutcome>;
}

const created = (outcome: WriteOutcome): WritePayload =>
  'id' in outcome ? { id: outcome.id, userErrors: [] } : { id: null, userErrors: outcome.userErrors };

/** A record that is there already is shown as it is, whatever came of the write. */
const changed = (id: string, outcome: WriteOutcome): WritePayload => ({ id, userErrors: 'id' in outcome ? [] : outcome.userErrors });
