import type { RequestScope } from '../../request/request-scope.ts';
import { toOutcome, type WriteOutcome } from '../writes/user-errors.ts';
import type { IdempotentWriter } from '../writes/idempotent-writes.ts';
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
import {
  readNewBillingAccount,
  readNewCheckoutSession,
  readNewInvoice,
  readNewRecurringPlan,
  readNewRefund,
} from './inputs.ts';
import type { PaymentsWriteResult } from './refusal.ts';
import { explainRefusal } from './user-errors.ts';

export interface RefundOutcome extends WriteOutcome {
  readonly paymentId: string;
}

/** The mutations, each executed once per key. */
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

export function createPaymentsWrites(
  provider: PaymentsProvider,
  writer: IdempotentWriter,
  request: RequestScope,
): PaymentsWrites {
  const scope: RequestScope = { ...request, bypassCache: true };
  const idempotentWriter = (options: IdempotentWriteOptions) => writeOnce(writer, scope, options);

  return {
    createCheckoutSession: async (input) => {
      const record = readNewCheckoutSession(input);
      const write = (key: string) => provider.createCheckoutSession(record, key, scope);
      return idempotentWriter({ name: 'createCheckoutSession', input, write });
    },
    createInvoice: async (input) => {
      const record = readNewInvoice(input);
      const write = (key: string) => provider.createInvoice(record, key, scope);
      return idempotentWriter({ name: 'createInvoice', input, write });
    },
    // An existing record is returned in its current state, with any outcome of the write.
    sendInvoice: async (input) => {
      const write = (key: string) => provider.sendInvoice(input.invoiceId, key, scope);
      return {
        ...(await idempotentWriter({ name: 'sendInvoice', input, write })),
        id: input.invoiceId,
      };
    },
    voidInvoice: async (input) => {
      const write = (key: string) => provider.voidInvoice(input.invoiceId, key, scope);
      return {
        ...(await idempotentWriter({ name: 'voidInvoice', input, write })),
        id: input.invoiceId,
      };
    },
    refundPayment: async (input) => {
      const record = readNewRefund(input);
      const write = (key: string) => provider.refundPayment(record, key, scope);
      return {
        paymentId: input.paymentId,
        ...(await idempotentWriter({ name: 'refundPayment', input, write })),
      };
    },
    createBillingAccount: async (input) => {
      const record = readNewBillingAccount(input);
      const write = (key: string) => provider.createBillingAccount(record, key, scope);
      return idempotentWriter({ name: 'createBillingAccount', input, write });
    },
    createRecurringPlan: async (input) => {
      const record = readNewRecurringPlan(input);
      const write = (key: string) => provider.createRecurringPlan(record, key, scope);
      return idempotentWriter({ name: 'createRecurringPlan', input, write });
    },
    cancelRecurringPlan: async (input) => {
      const write = (key: string) => provider.cancelRecurringPlan(input, key, scope);
      return {
        ...(await idempotentWriter({ name: 'cancelRecurringPlan', input, write })),
        id: input.recurringPlanId,
      };
    },
  };
}

async function writeOnce(
  writer: IdempotentWriter,
  scope: RequestScope,
  { name, input, write }: IdempotentWriteOptions,
): Promise<WriteOutcome> {
  const { idempotencyKey, ...fields } = input;
  let discard: PaymentsWriteResult['discard'];
  const steps = {
    write: async (key: string) => {
      const result = await write(key);
      ({ discard } = result);
      return toOutcome(result, explainRefusal);
    },
  };
  const outcome = await writer.write({ name, idempotencyKey, input: fields }, scope, steps);
  await discard?.();
  return { ...NOTHING, ...outcome };
}

interface IdempotentWriteOptions {
  readonly name: keyof PaymentsWrites;
  readonly input: { readonly idempotencyKey?: string | null | undefined };
  readonly write: (key: string) => Promise<PaymentsWriteResult>;
}

/** Defaults for outcomes that an earlier version stored, which have either an id or user errors. */
const NOTHING: WriteOutcome = { id: null, userErrors: [] };
