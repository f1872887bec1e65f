import type { RequestScope } from '../../request/request-scope.ts';
import { toOutcome, type WriteOutcome } from '../writes/user-errors.ts';
import type { OnceWriter } from '../writes/write-once.ts';
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
import { readAccountOrder, readCheckoutOrder, readInvoiceOrder, readPlanOrder, readRefundOrder } from './inputs.ts';
import type { PaymentsWriteResult } from './refusal.ts';
import { explainRefusal } from './user-errors.ts';

export interface RefundOutcome extends WriteOutcome {
  readonly paymentId: string;
}

/** The graph's mutations, each of which happens once for its key. */
export interface PaymentsWrites {
  createCheckoutSession(input: CreateCheckoutSessionInput): Promise<WriteOutcome>;
  createInvoice(input: CreateInvoiceInput): Promise<WriteOutcome>;
  sendInvoice(input: SendInvoiceInput): Promise<WriteOutcome>;
  voidInvoice(input: VoidInvoiceInput): Promise<WriteOutcome>;
  refundPayment(input: RefundPaymentInput): Promise<RefundOutcome>;
  createBillingAccount(input: CreateBillingAccountInput): Promise<WriteOutcome>;
  createRecurringPlan(input: CreateRecurringPlanInput): Promise<WriteOutcome>;
  cancelRecurringPlan(input: CancelRecurringPlanInput): Promise<WriteOutcome>;
}

export function createPaymentsWrites(provider: PaymentsProvider, writer: OnceWriter, request: RequestScope): PaymentsWrites {
  const scope: RequestScope = { ...request, mustBeCurrent: true };
  const once = async ({ name, input, write }: OnceOptions): Promise<WriteOutcome> => {
    const { idempotencyKey, ...said } = input;
    const steps = { write: async (key: string) => toOutcome(await write(key), explainRefusal) };
    return { ...NOTHING, ...(await writer.once({ name, idempotencyKey, input: said }, scope, steps)) };
  };

  return {
    createCheckoutSession: async (input) => {
      const order = readCheckoutOrder(input);
      const write = (key: string) => provider.createCheckoutSession(order, key, scope);
      return once({ name: 'createCheckoutSession', input, write });
    },
    createInvoice: async (input) => {
      const order = readInvoiceOrder(input);
      const write = (key: string) => provider.createInvoice(order, key, scope);
      return once({ name: 'createInvoice', input, write });
    },
    // A record that is there already is shown as it is, whatever came of the write.
    sendInvoice: async (input) => {
      const write = (key: string) => provider.sendInvoice(input.invoiceId, key, scope);
      return { ...(await once({ name: 'sendInvoice', input, write })), id: input.invoiceId };
    },
    voidInvoice: async (input) => {
      const write = (key: string) => provider.voidInvoice(input.invoiceId, key, scope);
      return { ...(await once({ name: 'voidInvoice', input, write })), id: input.invoiceId };
    },
    refundPayment: async (input) => {
      const order = readRefundOrder(input);
      const write = (key: string) => provider.refundPayment(order, key, scope);
      return { paymentId: input.paymentId, ...(await once({ name: 'refundPayment', input, write })) };
    },
    createBillingAccount: async (input) => {
      const order = readAccountOrder(input);
      const write = (key: string) => provider.createBillingAccount(order, key, scope);
      return once({ name: 'createBillingAccount', input, write });
    },
    createRecurringPlan: async (input) => {
      const order = readPlanOrder(input);
      const write = (key: string) => provider.createRecurringPlan(order, key, scope);
      return once({ name: 'createRecurringPlan', input, write });
    },
    cancelRecurringPlan: async (input) => {
      const write = (key: string) => provider.cancelRecurringPlan(input, key, scope);
      return { ...(await once({ name: 'cancelRecurringPlan', input, write })), id: input.recurringPlanId };
    },
  };
}

interface OnceOptions {
  readonly name: keyof PaymentsWrites;
  readonly input: { readonly idempotencyKey?: string | null | undefined };
  readonly write: (key: string) => Promise<PaymentsWriteResult>;
}

/** An outcome that an earlier version kept has either an id or user errors. */
const NOTHING: WriteOutcome = { id: null, userErrors: [] };
