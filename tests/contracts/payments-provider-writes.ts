import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Payment } from '../../subgraphs/payments/domain.ts';
import type {
  NewCheckoutSession,
  NewInvoice,
  NewRecurringPlan,
} from '../../subgraphs/payments/new-records.ts';
import type { PaymentsProvider } from '../../subgraphs/payments/provider.ts';
import type { PaymentsRefusal, PaymentsWriteResult } from '../../subgraphs/payments/refusal.ts';
import type { Part } from '../../subgraphs/writes/refusal.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { accountsByEmail, type PaymentsProviderCase } from './payments-provider.ts';

/** Promises of every payment processor about what it is asked to change. */
export const PAYMENTS_WRITE_CASES: readonly PaymentsProviderCase[] = [
  {
    id: 'PAYMENTS-WRITE-ACCOUNT-1',
    promise: 'creates an account once for an idempotency key, with all given fields',
    async run(provider, scope) {
      const email = `${randomUUID()}@example.test`;
      const address = {
        line1: '1 Main St',
        line2: null,
        city: 'Bern',
        region: null,
        postalCode: '3011',
        countryCode: 'CH',
      };
      const order = {
        name: 'New One',
        email,
        phone: '+41 31 000 00 00',
        address,
        description: 'A note',
      };
      const key = randomUUID();
      const id = idOf(await provider.createBillingAccount(order, key, scope));
      expect(idOf(await provider.createBillingAccount(order, key, scope))).toBe(id);
      expect(await accountsByEmail(provider, email, scope)).toMatchObject([
        {
          id,
          name: 'New One',
          email,
          phone: '+41 31 000 00 00',
          address: { line1: '1 Main St', city: 'Bern', countryCode: 'CH' },
        },
      ]);
    },
  },
  {
    id: 'PAYMENTS-WRITE-SESSION-1',
    promise: 'opens a page to pay the sum of all lines, in currencies with and without decimals',
    async run(provider, scope) {
      const billingAccountId = await newAccount(provider, scope);
      for (const [unit, currency, total] of [
        ['10.10', 'EUR', '35.30'],
        ['1500', 'JPY', '4505'],
      ] as const) {
        const rest = currency === 'EUR' ? '5' : '5.0';
        const lines = [line(unit, currency, 3), line(rest, currency)];
        const order = { ...checkout(billingAccountId), lines };
        const key = randomUUID();
        const id = idOf(await provider.createCheckoutSession(order, key, scope));
        expect(idOf(await provider.createCheckoutSession(order, key, scope))).toBe(id);
        expect(await provider.checkoutSession(id, NONE, scope)).toMatchObject({
          id,
          status: 'OPEN',
          url: expect.stringMatching(/^https:/),
          total: { amount: total, currency },
          billingAccountId,
          paymentId: null,
        });
      }
    },
  },
  {
    id: 'PAYMENTS-WRITE-INVOICE-1',
    promise: 'creates, sends and voids an invoice, each once for an idempotency key',
    async run(provider, scope) {
      const billingAccountId = await newAccount(provider, scope);
      const key = randomUUID();
      const id = idOf(await provider.createInvoice(invoice(billingAccountId), key, scope));
      expect(idOf(await provider.createInvoice(invoice(billingAccountId), key, scope))).toBe(id);
      expect(await provider.invoice(id, NONE, scope)).toMatchObject({
        status: 'DRAFT',
        total: { amount: '31.50', currency: 'USD' },
        dueOn: '2030-01-31',
        billingAccountId,
        leadingLines: { lines: [expect.anything(), expect.anything()] },
      });
      const sendKey = randomUUID();
      for (let times = 0; times < 2; times += 1) {
        expect(idOf(await provider.sendInvoice(id, sendKey, scope))).toBe(id);
        expect(await provider.invoice(id, NONE, scope)).toMatchObject({ status: 'OPEN' });
      }
      const voidKey = randomUUID();
      for (let times = 0; times < 2; times += 1)
        expect(idOf(await provider.voidInvoice(id, voidKey, scope))).toBe(id);
      expect(await provider.invoice(id, NONE, scope)).toMatchObject({ status: 'VOID' });
      expectRefusal(await provider.voidInvoice(id, randomUUID(), scope), 'INVOICE_ALREADY_VOID', [
        'invoiceId',
      ]);
      expectRefusal(await provider.sendInvoice(id, randomUUID(), scope), 'INVOICE_VOID', [
        'invoiceId',
      ]);
    },
  },
  {
    id: 'PAYMENTS-WRITE-INVOICE-2',
    promise: 'refuses to void a draft or a paid invoice, and to send a paid one',
    async run(provider, scope) {
      const draft = idOf(
        await provider.createInvoice(
          invoice(await newAccount(provider, scope)),
          randomUUID(),
          scope,
        ),
      );
      expectRefusal(await provider.voidInvoice(draft, randomUUID(), scope), 'INVOICE_DRAFT', [
        'invoiceId',
      ]);
      const { entries } = await provider.invoices({ status: 'PAID' }, { first: 1 }, NONE, scope);
      const [paid] = itemsOf(entries);
      expectRefusal(
        await provider.voidInvoice(paid?.id ?? '', randomUUID(), scope),
        'INVOICE_PAID',
        ['invoiceId'],
      );
      expectRefusal(
        await provider.sendInvoice(paid?.id ?? '', randomUUID(), scope),
        'INVOICE_PAID',
        ['invoiceId'],
      );
    },
  },
  {
    id: 'PAYMENTS-WRITE-REFUND-1',
    promise:
      'refunds a part once for an idempotency key, never more than remains, then the rest, then nothing',
    async run(provider, scope) {
      const { id: paymentId, amount } = await aFullPayment(provider, scope);
      const part = {
        paymentId,
        amount: { amount: '1', currency: amount.currency },
        reason: 'DUPLICATE',
      } as const;
      const key = randomUUID();
      const id = idOf(await provider.refundPayment(part, key, scope));
      expect(idOf(await provider.refundPayment(part, key, scope))).toBe(id);
      expect(await provider.refund(id, scope)).toMatchObject({
        id,
        amount: { amount: '1.00', currency: amount.currency },
      });
      expectRefusal(
        await provider.refundPayment({ ...part, amount }, randomUUID(), scope),
        'MORE_THAN_LEFT',
        ['amount', 'amount'],
      );
      const rest = { paymentId, amount: null, reason: null };
      idOf(await provider.refundPayment(rest, randomUUID(), scope));
      expect(await provider.payment(paymentId, new Set(['refundedAmount']), scope)).toMatchObject({
        refundedAmount: amount,
      });
      expectRefusal(
        await provider.refundPayment(rest, randomUUID(), scope),
        'ALREADY_REFUNDED',
        null,
      );
    },
  },
  {
    id: 'PAYMENTS-WRITE-REFUND-2',
    promise: 'refuses a refund in another currency, and of a payment that has not succeeded',
    async run(provider, scope) {
      const { id: paymentId } = await aFullPayment(provider, scope);
      const other = { paymentId, amount: { amount: '1', currency: 'ISK' }, reason: null };
      expectRefusal(await provider.refundPayment(other, randomUUID(), scope), 'OTHER_CURRENCY', [
        'amount',
        'currency',
      ]);
      const failed = itemsOf(
        (await provider.payments({}, { first: 100 }, NONE, scope)).entries,
      ).find(({ status }) => status === 'FAILED');
      const order = { paymentId: failed?.id ?? '', amount: null, reason: null };
      expectRefusal(await provider.refundPayment(order, randomUUID(), scope), 'NOTHING_RECEIVED', [
        'paymentId',
      ]);
    },
  },
  {
    id: 'PAYMENTS-WRITE-PLAN-1',
    promise:
      'starts a plan once for an idempotency key and cancels it once, at once or with its period',
    async run(provider, scope) {
      const order = plan(await newAccount(provider, scope));
      const key = randomUUID();
      const recurringPlanId = idOf(await provider.createRecurringPlan(order, key, scope));
      expect(idOf(await provider.createRecurringPlan(order, key, scope))).toBe(recurringPlanId);
      expect(await provider.recurringPlan(recurringPlanId, NONE, scope)).toMatchObject({
        status: 'ACTIVE',
        cancelsAtPeriodEnd: false,
        items: [
          {
            quantity: '2',
            unitAmount: { amount: '9.90', currency: 'USD' },
            interval: 'MONTH',
            intervalCount: 3,
          },
          { quantity: '1', unitAmount: { amount: '1.00', currency: 'USD' } },
        ],
      });
      idOf(
        await provider.cancelRecurringPlan(
          { recurringPlanId, atPeriodEnd: true },
          randomUUID(),
          scope,
        ),
      );
      expect(await provider.recurringPlan(recurringPlanId, NONE, scope)).toMatchObject({
        status: 'ACTIVE',
        cancelsAtPeriodEnd: true,
      });
      const endKey = randomUUID();
      const ending = { recurringPlanId, atPeriodEnd: false };
      for (let times = 0; times < 2; times += 1)
        expect(idOf(await provider.cancelRecurringPlan(ending, endKey, scope))).toBe(
          recurringPlanId,
        );
      expect(await provider.recurringPlan(recurringPlanId, NONE, scope)).toMatchObject({
        status: 'CANCELED',
      });
      for (const atPeriodEnd of [true, false]) {
        const again = await provider.cancelRecurringPlan(
          { recurringPlanId, atPeriodEnd },
          randomUUID(),
          scope,
        );
        expectRefusal(again, 'PLAN_ENDED', ['recurringPlanId']);
      }
    },
  },
  {
    id: 'PAYMENTS-WRITE-PLAN-2',
    promise: 'refuses a plan of an account without a payment method',
    async run(provider, scope) {
      const order = { ...plan(await newAccount(provider, scope)), daysUntilDue: null };
      expectRefusal(
        await provider.createRecurringPlan(order, randomUUID(), scope),
        'NO_PAYMENT_METHOD',
        ['billingAccountId'],
      );
    },
  },
  {
    id: 'PAYMENTS-WRITE-UNKNOWN-1',
    promise: 'names the field that refers to an unknown record',
    async run(provider, scope, { unknown }) {
      const key = randomUUID;
      const account = ['billingAccountId'];
      expectRefusal(
        await provider.createCheckoutSession(checkout(unknown.account), key(), scope),
        'NOT_FOUND',
        account,
      );
      expectRefusal(
        await provider.createInvoice(invoice(unknown.account), key(), scope),
        'NOT_FOUND',
        account,
      );
      expectRefusal(
        await provider.createRecurringPlan(plan(unknown.account), key(), scope),
        'NOT_FOUND',
        account,
      );
      expectRefusal(await provider.sendInvoice(unknown.invoice, key(), scope), 'NOT_FOUND', [
        'invoiceId',
      ]);
      expectRefusal(await provider.voidInvoice(unknown.invoice, key(), scope), 'NOT_FOUND', [
        'invoiceId',
      ]);
      for (const amount of [null, { amount: '1', currency: 'USD' }]) {
        const order = { paymentId: unknown.payment, amount, reason: null };
        expectRefusal(await provider.refundPayment(order, key(), scope), 'NOT_FOUND', [
          'paymentId',
        ]);
      }
      for (const atPeriodEnd of [true, false]) {
        const ending = { recurringPlanId: unknown.plan, atPeriodEnd };
        expectRefusal(await provider.cancelRecurringPlan(ending, key(), scope), 'NOT_FOUND', [
          'recurringPlanId',
        ]);
      }
    },
  },
  {
    id: 'PAYMENTS-WRITE-INPUT-1',
    promise:
      'refuses malformed ids and amounts with too many decimals, without a call, and names the field',
    async run(provider, scope, { malformedId, unknown }) {
      const key = randomUUID();
      const odd = {
        ...checkout(unknown.account),
        lines: [line('1.00', 'EUR'), line('1.001', 'EUR')],
      };
      const refused: readonly (readonly [
        Promise<PaymentsWriteResult>,
        PaymentsRefusal['reason'],
        Part,
      ])[] = [
        [
          provider.createCheckoutSession(checkout(malformedId), key, scope),
          'MALFORMED_ID',
          ['billingAccountId'],
        ],
        [
          provider.createCheckoutSession(odd, key, scope),
          'TOO_MANY_DECIMALS',
          ['lines', 1, 'unitAmount', 'amount'],
        ],
        [
          provider.createInvoice(invoice(malformedId), key, scope),
          'MALFORMED_ID',
          ['billingAccountId'],
        ],
        [
          provider.createInvoice({ ...invoice(unknown.account), lines: odd.lines }, key, scope),
          'TOO_MANY_DECIMALS',
          ['lines', 1, 'unitAmount', 'amount'],
        ],
        [provider.sendInvoice(malformedId, key, scope), 'MALFORMED_ID', ['invoiceId']],
        [provider.voidInvoice(malformedId, key, scope), 'MALFORMED_ID', ['invoiceId']],
        [
          provider.refundPayment(
            { paymentId: malformedId, amount: null, reason: null },
            key,
            scope,
          ),
          'MALFORMED_ID',
          ['paymentId'],
        ],
        [
          provider.createRecurringPlan(plan(malformedId), key, scope),
          'MALFORMED_ID',
          ['billingAccountId'],
        ],
        [
          provider.cancelRecurringPlan(
            { recurringPlanId: malformedId, atPeriodEnd: false },
            key,
            scope,
          ),
          'MALFORMED_ID',
          ['recurringPlanId'],
        ],
      ];
      for (const [writing, reason, at] of refused) expectRefusal(await writing, reason, at);
      expect(scope.trace.calls).toEqual([]);
    },
  },
];

const NONE: ReadonlySet<string> = new Set();

const line = (amount: string, currency: string, quantity = 1) => ({
  description: 'A thing',
  quantity,
  unitAmount: { amount, currency },
});

const checkout = (billingAccountId: string): NewCheckoutSession => ({
  billingAccountId,
  lines: [line('9.90', 'EUR')],
  successUrl: 'https://shop.example/thanks',
  cancelUrl: 'https://shop.example/cart',
});

const invoice = (billingAccountId: string): NewInvoice => ({
  billingAccountId,
  lines: [line('10.25', 'USD', 3), line('0.75', 'USD')],
  dueOn: '2030-01-31',
  description: 'A note',
});

const plan = (billingAccountId: string): NewRecurringPlan => ({
  billingAccountId,
  items: [line('9.90', 'USD', 2), line('1.00', 'USD')].map((item) => ({
    ...item,
    interval: 'MONTH',
    intervalCount: 3,
  })),
  daysUntilDue: 14,
});

const newAccount = async (provider: PaymentsProvider, scope: RequestScope) =>
  idOf(
    await provider.createBillingAccount(
      { name: 'A Payer', email: null, phone: null, address: null, description: null },
      randomUUID(),
      scope,
    ),
  );

/** Nothing of it was given back, and its currency has hundredths. */
async function aFullPayment(provider: PaymentsProvider, scope: RequestScope): Promise<Payment> {
  const { entries } = await provider.payments(
    {},
    { first: 100 },
    new Set(['refundedAmount']),
    scope,
  );
  const found = itemsOf(entries).find(
    ({ status, amount, refundedAmount }) =>
      status === 'SUCCEEDED' &&
      /^\d{2,}\.\d\d$/.test(amount.amount) &&
      refundedAmount?.amount === '0.00',
  );
  if (found === undefined)
    throw new Error('There should be a payment of which nothing was given back.');
  return found;
}

function idOf(result: PaymentsWriteResult): string {
  if (result.id !== null && result.refusals.length === 0) return result.id;
  throw new Error(`It should have been done: ${JSON.stringify(result)}`);
}

function expectRefusal(
  result: PaymentsWriteResult,
  reason: PaymentsRefusal['reason'],
  at: Part | null,
): void {
  expect(result).toMatchObject({ id: null, refusals: [{ reason, at }] });
}

const itemsOf = <Item>(entries: readonly { readonly item: Item | Error | null }[]) =>
  entries.flatMap(({ item }) => (item === null || item instanceof Error ? [] : [item]));
