import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';

const PAID = `{ payments(first: 100) { nodes {
  id status amount { amount currency } refundedAmount { amount } billingAccount { id } customer { name }
} } }`;

const REFUND = `mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) {
  refund { id status amount { amount currency } reason }
  payment { id refundedAmount { amount } refunds { nodes { id } } customer { name } }
  userErrors { code field message }
} }`;

interface Paid {
  readonly id: string;
  readonly status: string;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly refundedAmount: { readonly amount: string };
  readonly billingAccount: { readonly id: string } | null;
  readonly customer: { readonly name: string } | null;
}

describe.each(['embedded', 'distributed'] as const)('mutations, %s', (mode) => {
  let sandbox: Sandbox;
  let gateway: TestGateway;
  let paid: Paid;
  beforeAll(async () => {
    sandbox = await startSandbox();
    gateway = await startTestGateway({ mode, sandbox });
    const { data } = await gateway.query(PAID);
    const found = (data.payments.nodes as Paid[]).find(
      ({ status, amount, refundedAmount, customer }) =>
        status === 'SUCCEEDED' &&
        amount.currency === 'EUR' &&
        /^0\.?0*$/.test(refundedAmount.amount) &&
        customer !== null,
    );
    if (found === undefined)
      throw new Error('The sandbox has a payment in euros of a known customer.');
    paid = found;
  });
  afterEach(() => {
    sandbox.stripe.fault = null;
  });
  afterAll(async () => {
    await gateway.close();
    await sandbox.close();
  });

  const money = (amount: string) => ({ amount, currency: 'EUR' });

  it('return the written record with all its fields, including the customer', async () => {
    const input = { paymentId: paid.id, amount: money('1.00'), reason: 'REQUESTED_BY_CUSTOMER' };
    const { data, errors } = await gateway.query(REFUND, { input });
    expect(errors).toBeUndefined();
    const { refund, payment, userErrors } = data.refundPayment;
    expect(userErrors).toEqual([]);
    expect(refund).toMatchObject({ amount: money('1.00'), reason: 'requested_by_customer' });
    expect(payment).toMatchObject({
      id: paid.id,
      refundedAmount: { amount: '1.00' },
      customer: paid.customer,
    });
    expect(payment.refunds.nodes).toContainEqual({ id: refund.id });
  });

  it('are made one after the other, and each shows the state after it', async () => {
    const part = (name: string) =>
      `${name}: refundPayment(input: { paymentId: "${paid.id}", amount: { amount: "0.50", currency: "EUR" } }) { payment { refundedAmount { amount } } }`;
    const { data, errors } = await gateway.query(`mutation { ${part('one')} ${part('two')} }`);
    expect(errors).toBeUndefined();
    expect([data.one, data.two].map(({ payment }) => payment.refundedAmount.amount)).toEqual([
      '1.50',
      '2.00',
    ]);
  });

  it('say what is wrong with the input, and where', async () => {
    const { data, errors } = await gateway.query(REFUND, {
      input: { paymentId: paid.id, amount: money('0.001') },
    });
    expect(data).toEqual({ refundPayment: null });
    expect(errors).toMatchObject([
      {
        message: 'input.amount.amount must have at most 2 decimals in EUR, but is 0.001.',
        path: ['refundPayment'],
        extensions: {
          code: 'BAD_USER_INPUT',
          retryable: false,
          field: ['input', 'amount', 'amount'],
        },
      },
    ]);
  });

  it('report the idempotency key of an unknown outcome', async () => {
    sandbox.stripe.fault = 'reset-after:writes';
    const input = { name: 'Once Only', email: `${randomUUID()}@example.test` };
    const query = `mutation ($input: CreateBillingAccountInput!) { createBillingAccount(input: $input) { billingAccount { id email } } }`;
    const { errors } = await gateway.query(query, { input });
    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'OUTCOME_UNKNOWN',
          retryable: true,
          service: 'payments',
          idempotencyKey: expect.any(String),
        },
      },
    ]);
    sandbox.stripe.fault = null;
    const before = sandbox.stripe.writes.length;
    const again = await gateway.query(query, {
      input: { ...input, idempotencyKey: errors?.[0]?.extensions?.['idempotencyKey'] },
    });
    expect(again.data).toMatchObject({
      createBillingAccount: { billingAccount: { email: input.email } },
    });
    expect(sandbox.stripe.writes.slice(before)).toEqual([]);
    expect(
      sandbox.stripe.writes.filter(({ template }) => template === '/v1/customers'),
    ).toHaveLength(1);
  });

  it('create, send and void an invoice, each once', async () => {
    const invoice =
      'invoice { id status total { amount currency } lines { nodes { description quantity } } billingAccount { id } }';
    const lines = [
      { description: 'Work', quantity: 3, unitAmount: money('80.00') },
      { description: 'Travel', unitAmount: money('12.5') },
    ];
    const created = await gateway.query(
      `mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { ${invoice} userErrors { message } } }`,
      { input: { billingAccountId: paid.billingAccount?.id, lines, dueOn: '2026-12-31' } },
    );
    expect(created.errors).toBeUndefined();
    expect(created.data.createInvoice).toMatchObject({
      invoice: { status: 'DRAFT', total: money('252.50'), billingAccount: paid.billingAccount },
    });
    expect(created.data.createInvoice.invoice.lines.nodes).toHaveLength(2);
    const id = String(created.data.createInvoice.invoice.id);
    const after = await gateway.query(`mutation {
      sent: sendInvoice(input: { invoiceId: "${id}" }) { invoice { status number hostedUrl dueOn } userErrors { code } }
      voided: voidInvoice(input: { invoiceId: "${id}" }) { invoice { status } userErrors { code } }
      again: voidInvoice(input: { invoiceId: "${id}" }) { invoice { status } userErrors { code field message } }
    }`);
    expect(after.data).toMatchObject({
      sent: {
        invoice: { status: 'OPEN', number: expect.any(String), dueOn: '2026-12-31' },
        userErrors: [],
      },
      voided: { invoice: { status: 'VOID' }, userErrors: [] },
      again: {
        invoice: { status: 'VOID' },
        userErrors: [
          {
            code: 'ALREADY_DONE',
            field: ['input', 'invoiceId'],
            message: 'The invoice is already voided.',
          },
        ],
      },
    });
  });
});
