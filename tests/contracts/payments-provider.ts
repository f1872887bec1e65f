import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Page } from '../../subgraphs/paging/connection.ts';
import type { BillingAccount, Invoice, Payment } from '../../subgraphs/payments/domain.ts';
import type { Fields, PaymentsProvider } from '../../subgraphs/payments/provider.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';

/** What a processor's (test) data must offer for the cases, in the processor's own ids. */
export interface PaymentsProviderExamples {
  /** Well formed, but naming nothing. */
  readonly unknown: {
    readonly account: string;
    readonly payment: string;
    readonly invoice: string;
    readonly plan: string;
  };
  /** What ids must never let through into a URL. */
  readonly malformedId: string;
}

/** A promise that every payment processor has to keep. */
export interface PaymentsProviderCase {
  /** Never changes and is never used again for something else. */
  readonly id: string;
  readonly promise: string;
  run(
    provider: PaymentsProvider,
    scope: RequestScope,
    examples: PaymentsProviderExamples,
  ): Promise<void>;
}

export const createScope = (): RequestScope => ({
  signal: new AbortController().signal,
  trace: createCallTrace(),
});

/** Of one address alone. */
export async function accountsByEmail(
  provider: PaymentsProvider,
  email: string,
  scope: RequestScope,
): Promise<readonly BillingAccount[]> {
  return (await provider.billingAccountsByEmail([email], NONE, scope)[0]) ?? [];
}

const NONE: Fields = new Set();
const PAYER: Fields = new Set(['billingAccount', 'payer']);
const EVERY_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MONEY = {
  amount: expect.stringMatching(/^-?\d+(\.\d+)?$/),
  currency: expect.stringMatching(/^[A-Z]{3}$/),
};
const BAD_INPUT = { code: 'BAD_USER_INPUT' };

export const PAYMENTS_PROVIDER_CASES: readonly PaymentsProviderCase[] = [
  {
    id: 'PAYMENTS-ACCOUNT-1',
    promise: 'finds accounts by their e-mail, newest first, and by their id, as the same record',
    async run(provider, scope) {
      const { email, id } = await anAccount(provider, scope);
      const accounts = await accountsByEmail(provider, email, scope);
      expect(accounts.map((account) => account.id)).toContain(id);
      expect(accounts.length).toBeLessThanOrEqual(provider.capabilities.maxAccountsPerEmail);
      expectNewestFirst(accounts);
      expect(await provider.billingAccount(id, NONE, scope)).toEqual(
        accounts.find((account) => account.id === id),
      );
      expect(accounts[0]).toMatchObject({
        createdAt: expect.stringMatching(EVERY_DATE),
        payer: { email },
      });
    },
  },
  {
    id: 'PAYMENTS-ACCOUNT-3',
    promise:
      'finds accounts of several e-mail addresses whatever their case, and none for an unknown one',
    async run(provider, scope) {
      const { email, id } = await anAccount(provider, scope);
      const found = await Promise.all(
        provider.billingAccountsByEmail(
          ['nobody@nowhere.invalid', email.toLowerCase()],
          NONE,
          scope,
        ),
      );
      expect(found[0]).toEqual([]);
      expect(found[1]?.map((account) => account.id)).toContain(id);
      expect(provider.capabilities).toMatchObject({ ignoresEmailCase: true });
      const mixed = `Pat.${randomUUID()}@Example.test`;
      const { id: created } = await provider.createBillingAccount(
        { name: 'Pat', email: mixed, phone: null, address: null, description: null },
        randomUUID(),
        scope,
      );
      expect(await accountsByEmail(provider, mixed.toLowerCase(), scope)).toMatchObject([
        { id: created, email: mixed },
      ]);
    },
  },
  {
    id: 'PAYMENTS-UNKNOWN-1',
    promise: 'returns null for an unknown record, and empty lists below it',
    async run(provider, scope, { unknown }) {
      expect(await provider.billingAccount(unknown.account, NONE, scope)).toBeNull();
      expect(await provider.payment(unknown.payment, NONE, scope)).toBeNull();
      expect(await provider.invoice(unknown.invoice, NONE, scope)).toBeNull();
      expect(await provider.recurringPlan(unknown.plan, NONE, scope)).toBeNull();
      const page = { first: 5 };
      const below = [
        provider.payments({ billingAccountId: unknown.account }, page, NONE, scope),
        provider.invoices({ billingAccountId: unknown.account }, page, NONE, scope),
        provider.invoices({ recurringPlanId: unknown.plan }, page, NONE, scope),
        provider.recurringPlans(unknown.account, page, NONE, scope),
        provider.paymentMethods(unknown.account, page, scope),
        provider.refunds(unknown.payment, page, scope),
        provider.invoiceLines(unknown.invoice, page, scope),
      ];
      for (const list of await Promise.all<Page<unknown>>(below))
        expect(list).toMatchObject({ entries: [], hasNextPage: false });
    },
  },
  {
    id: 'PAYMENTS-INPUT-1',
    promise: 'refuses malformed ids and positions without a call',
    async run(provider, scope, { malformedId, unknown }) {
      expect(malformedId).not.toMatch(provider.capabilities.billingAccountIdPattern);
      expect(unknown.account).toMatch(provider.capabilities.billingAccountIdPattern);
      const refused = [
        provider.billingAccount(malformedId, NONE, scope),
        provider.payment(malformedId, NONE, scope),
        provider.invoice(malformedId, NONE, scope),
        provider.recurringPlan(malformedId, NONE, scope),
        provider.payments({ billingAccountId: malformedId }, { first: 1 }, NONE, scope),
        provider.payments({}, { first: 1, after: malformedId }, NONE, scope),
        provider.invoices({ recurringPlanId: malformedId }, { first: 1 }, NONE, scope),
        provider.invoices({ status: 'UNKNOWN' }, { first: 1 }, NONE, scope),
        provider.recurringPlans(malformedId, { first: 1 }, NONE, scope),
        provider.paymentMethods(malformedId, { first: 1 }, scope),
        provider.refunds(malformedId, { first: 1 }, scope),
        provider.invoiceLines(malformedId, { first: 1 }, scope),
      ];
      await Promise.all(refused.map((reading) => expect(reading).rejects.toMatchObject(BAD_INPUT)));
      expect(scope.trace.calls).toEqual([]);
    },
  },
  {
    id: 'PAYMENTS-INPUT-2',
    promise: 'refuses a position whose record does not exist',
    async run(provider, scope, { unknown }) {
      await expect(
        provider.payments({}, { first: 1, after: unknown.payment }, NONE, scope),
      ).rejects.toMatchObject(BAD_INPUT);
    },
  },
  {
    id: 'PAYMENTS-LIST-1',
    promise: 'pages through a list newest first, with nothing twice and nothing left out',
    async run(provider, scope) {
      const whole = await provider.payments({}, { first: 10 }, NONE, scope);
      expectNewestFirst(itemsOf(whole));
      const start = await provider.payments({}, { first: 4 }, NONE, scope);
      expect(start.hasNextPage).toBe(true);
      const rest = await provider.payments(
        {},
        { first: 6, after: lastPosition(start) },
        NONE,
        scope,
      );
      expect([...itemsOf(start), ...itemsOf(rest)].map(({ id }) => id)).toEqual(
        itemsOf(whole).map(({ id }) => id),
      );
    },
  },
  {
    id: 'PAYMENTS-LIST-2',
    promise: 'reaches the end of a list, and says so',
    async run(provider, scope) {
      const { id } = await anAccount(provider, scope);
      const seen: string[] = [];
      let page = await provider.payments({ billingAccountId: id }, { first: 1 }, NONE, scope);
      for (
        ;
        page.hasNextPage;
        page = await provider.payments(
          { billingAccountId: id },
          { first: 1, after: lastPosition(page) },
          NONE,
          scope,
        )
      ) {
        seen.push(...itemsOf(page).map((payment) => payment.id));
      }
      seen.push(...itemsOf(page).map((payment) => payment.id));
      const whole = itemsOf(
        await provider.payments({ billingAccountId: id }, { first: 100 }, NONE, scope),
      );
      expect(seen).toEqual(whole.map((payment) => payment.id));
      expect(new Set(whole.map((payment) => payment.billingAccountId))).toEqual(new Set([id]));
    },
  },
  {
    id: 'PAYMENTS-FILTER-1',
    promise: 'filters by time, from included and before excluded',
    async run(provider, scope) {
      const all = itemsOf(await provider.payments({}, { first: 10 }, NONE, scope));
      const createdFrom = new Date(all[6]?.createdAt ?? '');
      const createdBefore = new Date(all[2]?.createdAt ?? '');
      const between = itemsOf(
        await provider.payments({ createdFrom, createdBefore }, { first: 100 }, NONE, scope),
      );
      const isBetween = ({ createdAt }: Payment) =>
        new Date(createdAt) >= createdFrom && new Date(createdAt) < createdBefore;
      expect(between.every(isBetween)).toBe(true);
      expect(between.map(({ id }) => id)).toEqual(
        expect.arrayContaining(all.filter(isBetween).map(({ id }) => id)),
      );
    },
  },
  {
    id: 'PAYMENTS-FILTER-2',
    promise: 'filters invoices by status',
    async run(provider, scope) {
      for (const status of ['PAID', 'OPEN', 'VOID'] as const) {
        const invoices = itemsOf(await provider.invoices({ status }, { first: 20 }, NONE, scope));
        expect(new Set([status, ...invoices.map((invoice) => invoice.status)])).toEqual(
          new Set([status]),
        );
      }
    },
  },
  {
    id: 'PAYMENTS-PAYMENT-1',
    promise: 'returns payer and account with payments, in one call',
    async run(provider, scope) {
      const payments = itemsOf(await provider.payments({}, { first: 20 }, PAYER, scope));
      expect(scope.trace.calls).toHaveLength(1);
      for (const { billingAccountId, billingAccount, payer } of payments) {
        if (billingAccount == null) continue;
        expect(payer).toEqual({ reference: billingAccountId, email: billingAccount.email });
      }
      const { billingAccount } = payments.find((payment) => payment.billingAccount != null) ?? {};
      expect(await provider.billingAccount(billingAccount?.id ?? '', NONE, scope)).toEqual(
        billingAccount,
      );
    },
  },
  {
    id: 'PAYMENTS-PAYMENT-2',
    promise: 'returns method and refunded amount if they are selected, of one payment as of many',
    async run(provider, scope) {
      const fields = new Set(['method', 'refundedAmount']);
      const payments = itemsOf(await provider.payments({}, { first: 50 }, fields, scope));
      const paid = payments.find(
        ({ status, method }) => status === 'SUCCEEDED' && method?.card != null,
      );
      expect(paid).toMatchObject({
        amount: MONEY,
        refundedAmount: MONEY,
        method: {
          type: 'CARD',
          card: { last4: expect.stringMatching(/^\d{4}$/), expYear: expect.any(Number) },
        },
      });
      expect(await provider.payment(paid?.id ?? '', fields, scope)).toEqual(paid);
    },
  },
  {
    id: 'PAYMENTS-PAYMENT-3',
    promise: 'maps every status, and returns a reason for every failed payment',
    async run(provider, scope) {
      const payments = itemsOf(await provider.payments({}, { first: 100 }, NONE, scope));
      expect(payments.filter(({ status }) => status === 'UNKNOWN')).toEqual([]);
      for (const { failure } of payments.filter(({ status }) => status === 'FAILED'))
        expect(failure).not.toBeNull();
    },
  },
  {
    id: 'PAYMENTS-REFUND-1',
    promise: 'returns refunds that add up to the refunded amount',
    async run(provider, scope) {
      const fields = new Set(['refundedAmount']);
      const refunded = await first(
        (page) => provider.payments({}, page, fields, scope),
        ({ refundedAmount }) => refundedAmount !== null && /[1-9]/.test(refundedAmount.amount),
      );
      const refunds = itemsOf(await provider.refunds(refunded.id, { first: 100 }, scope));
      expect(refunds.length).toBeGreaterThan(0);
      expectNewestFirst(refunds);
      const amounts = refunds
        .filter(({ status }) => status === 'SUCCEEDED' || status === 'PENDING')
        .map(({ amount }) => amount.amount);
      expect(amounts.reduce((sum, amount) => sum + digitsOf(amount), 0n)).toBe(
        digitsOf(refunded.refundedAmount?.amount ?? ''),
      );
    },
  },
  {
    id: 'PAYMENTS-INVOICE-1',
    promise: 'returns a complete invoice: amounts, account, and further pages of its lines',
    async run(provider, scope) {
      const invoice = await first<Invoice>(
        (page) => provider.invoices({}, page, PAYER, scope),
        ({ leadingLines }) => leadingLines.lines.length > 1,
      );
      expect(invoice).toMatchObject({
        total: MONEY,
        amountDue: MONEY,
        amountPaid: MONEY,
        amountRemaining: MONEY,
      });
      expect(await provider.invoice(invoice.id, PAYER, scope)).toEqual(invoice);
      const start = await provider.invoiceLines(invoice.id, { first: 1 }, scope);
      expect(itemsOf(start)).toEqual(invoice.leadingLines.lines.slice(0, 1));
      const next = await provider.invoiceLines(
        invoice.id,
        { first: 1, after: lastPosition(start) },
        scope,
      );
      expect(itemsOf(next)).toEqual(invoice.leadingLines.lines.slice(1, 2));
    },
  },
  {
    id: 'PAYMENTS-PLAN-1',
    promise: 'returns plans, ended ones too, by account, by id and with their invoices',
    async run(provider, scope) {
      const invoice = await first<Invoice>(
        (page) => provider.invoices({}, page, new Set(['recurringPlan']), scope),
        ({ recurringPlanId }) => recurringPlanId !== null,
      );
      const plan = await provider.recurringPlan(invoice.recurringPlanId ?? '', NONE, scope);
      expect(plan).toMatchObject({
        startedAt: expect.stringMatching(EVERY_DATE),
        currentPeriodEnd: expect.stringMatching(EVERY_DATE),
      });
      expect(plan?.items.length).toBeGreaterThan(0);
      if (invoice.recurringPlan !== undefined) expect(invoice.recurringPlan).toEqual(plan);
      const ofAccount = itemsOf(
        await provider.recurringPlans(plan?.billingAccountId ?? '', { first: 100 }, NONE, scope),
      );
      expect(ofAccount).toContainEqual(plan);
      expectNewestFirst(ofAccount);
    },
  },
  {
    id: 'PAYMENTS-METHOD-1',
    promise:
      'returns the saved payment methods of an account, newest first, and only the displayable details of a card',
    async run(provider, scope) {
      const { id } = await anAccount(provider, scope);
      const methods = itemsOf(await provider.paymentMethods(id, { first: 100 }, scope));
      expectNewestFirst(methods);
      for (const { card } of methods) {
        if (card !== null)
          expect(Object.keys(card).sort()).toEqual(['brand', 'expMonth', 'expYear', 'last4']);
      }
    },
  },
  {
    id: 'PAYMENTS-DEADLINE-1',
    promise: 'stops at the deadline',
    async run(provider, scope) {
      const signal = AbortSignal.abort();
      await expect(
        provider.payments({}, { first: 1 }, NONE, { ...scope, signal }),
      ).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    },
  },
];

function itemsOf<Item>(page: Page<Item>): Item[] {
  return page.entries.map(({ item }) => {
    if (item === null || item instanceof Error)
      throw new Error('Every item should be readable.', { cause: item });
    return item;
  });
}

function lastPosition(page: Page<unknown>): string {
  const last = page.entries.at(-1);
  if (last === undefined) throw new Error('There should be an entry.');
  return last.position;
}

/** Looks through a whole list for an item. */
async function first<Item>(
  readPage: (page: { first: number; after?: string }) => Promise<Page<Item>>,
  isFit: (item: Item) => boolean,
): Promise<Item> {
  for (
    let page = await readPage({ first: 100 });
    ;
    page = await readPage({ first: 100, after: lastPosition(page) })
  ) {
    const fit = itemsOf(page).find(isFit);
    if (fit !== undefined) return fit;
    if (!page.hasNextPage) throw new Error('The processor’s data should have such a record.');
  }
}

/** An account that has paid, and an e-mail with lower-case letters. */
async function anAccount(
  provider: PaymentsProvider,
  scope: RequestScope,
): Promise<BillingAccount & { readonly email: string }> {
  const payment = await first(
    (page) => provider.payments({}, page, PAYER, scope),
    ({ billingAccount }) => billingAccount?.email?.toUpperCase() !== billingAccount?.email,
  );
  const { billingAccount } = payment;
  if (billingAccount?.email == null) throw new Error('There should be an account with an e-mail.');
  return { ...billingAccount, email: billingAccount.email };
}

function expectNewestFirst(items: readonly { readonly createdAt: string }[]): void {
  const dates = items.map(({ createdAt }) => createdAt);
  expect(dates).toEqual([...dates].sort().reverse());
}

const digitsOf = (amount: string) => BigInt(amount.replace('.', ''));
