import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault } from '../../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';

/** Number of writes of each kind with each fault. */
const COUNT = Number(process.env['COUNT'] ?? 100);
const CLIENTS = 10;

const FAULTS: readonly Fault[] = ['reset-after:0.3', 'reset:0.2'];

const REFUND = `mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { refund { id } userErrors { code message } } }`;
const SESSION = `mutation ($input: CreateCheckoutSessionInput!) {
  createCheckoutSession(input: $input) { checkoutSession { id } userErrors { code message } }
}`;

let sandbox: Sandbox;
let gateway: TestGateway;

interface Paid {
  readonly id: string;
  readonly status: string;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly refundedAmount: { readonly amount: string };
  readonly billingAccount: { readonly id: string } | null;
}

/** What can be given back in so many parts of a cent. */
async function anAmplePayment(): Promise<
  Paid & { readonly billingAccount: { readonly id: string } }
> {
  const { data } = await gateway.query(
    '{ payments(first: 100) { nodes { id status amount { amount currency } refundedAmount { amount } billingAccount { id } } } }',
  );
  for (const payment of data.payments.nodes as Paid[]) {
    const { status, amount, refundedAmount, billingAccount } = payment;
    const isAmple = Number(amount.amount) - Number(refundedAmount.amount) > 50;
    if (status === 'SUCCEEDED' && amount.currency === 'EUR' && billingAccount !== null && isAmple)
      return { ...payment, billingAccount };
  }
  throw new Error('The sandbox has a payment of more than 50 euros.');
}

/** Retries with one key until the error is not retryable, as a client should. */
async function askUntilKnown(query: string, input: object): Promise<string> {
  for (;;) {
    const { data, errors } = await gateway.query(query, { input });
    const payload = data?.refundPayment ?? data?.createCheckoutSession;
    const id = payload?.refund?.id ?? payload?.checkoutSession?.id;
    if (id !== undefined) return id;
    if (errors?.some(({ extensions }) => extensions?.['retryable'] === true) !== true) {
      throw new Error(`No client would go on after ${JSON.stringify({ data, errors })}.`);
    }
    const { retryAfter } = errors[0]?.extensions as { retryAfter?: number };
    if (retryAfter !== undefined)
      await new Promise((resolve) => setTimeout(resolve, retryAfter * 200));
  }
}

/** Some clients at a time, each with its own key. */
async function askOften(query: string, run: string, input: object): Promise<string[]> {
  const ids: string[] = [];
  let next = 0;
  const client = async () => {
    while (next < COUNT) {
      const idempotencyKey = `${run}-${String((next += 1))}`;
      ids.push(await askUntilKnown(query, { ...input, idempotencyKey }));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return ids;
}

const writesTo = (template: string) =>
  sandbox.stripe.writes.filter((write) => write.template === template);

const CASES = (['embedded', 'distributed'] as const).flatMap((mode) =>
  FAULTS.map((fault) => ({ mode, fault })),
);

describe.each(CASES)(
  `of ${String(COUNT)} writes of a kind while connections break ($fault, $mode), each happens once`,
  ({ mode, fault }) => {
    beforeAll(async () => {
      sandbox = await startSandbox();
      gateway = await startTestGateway({ mode, sandbox, environment: { LOG_LEVEL: 'silent' } });
    });
    afterAll(async () => {
      await gateway.close();
      await sandbox.close();
    });

    it('refunds: exactly as many as requested, of the exact amount', async () => {
      const payment = await anAmplePayment();
      const refunded = async () => {
        const { data } = await gateway.query(
          `{ payment(id: "${payment.id}") { refundedAmount { amount } } }`,
        );
        return Math.round(Number(data.payment.refundedAmount.amount) * 100);
      };
      const [before, written] = [await refunded(), writesTo('/v1/refunds').length];
      sandbox.stripe.fault = fault;
      const ids = await askOften(REFUND, `refund ${fault}`, {
        paymentId: payment.id,
        amount: { amount: '0.01', currency: 'EUR' },
      });
      sandbox.stripe.fault = null;
      expect(new Set(ids).size).toBe(COUNT);
      expect(writesTo('/v1/refunds').length - written).toBe(COUNT);
      expect((await refunded()) - before).toBe(COUNT);
    }, 600_000);

    it('pages to pay on', async () => {
      const { billingAccount } = await anAmplePayment();
      const written = writesTo('/v1/checkout/sessions').length;
      sandbox.stripe.fault = fault;
      const ids = await askOften(SESSION, `session ${fault}`, {
        billingAccountId: billingAccount.id,
        lines: [{ description: 'A thing', unitAmount: { amount: '9.90', currency: 'EUR' } }],
        successUrl: 'https://shop.example/thanks',
      });
      sandbox.stripe.fault = null;
      expect(new Set(ids).size).toBe(COUNT);
      expect(writesTo('/v1/checkout/sessions').length - written).toBe(COUNT);
    }, 600_000);
  },
);
