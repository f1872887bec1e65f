import { CodedError } from '../../errors/coded-error.ts';
import { type Money, sumByCurrency } from '../money.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import type { BillingAccount, CustomerReference, RecurringPlanItem } from './domain.ts';
import type { Fields, PaymentsProvider } from './provider.ts';
import { PAYMENTS } from './service.ts';
import { UnbatchedLoader } from './unbatched-loader.ts';
import { explainRead } from './user-errors.ts';

/** Amounts that the record does not contain. Lists have one amount per currency. */
export interface AmountLoaders {
  /** The accounts' balances in their own currencies. */
  balanceOf(customer: CustomerReference): Promise<Money[]>;
  /** The accounts' balances in all currencies. */
  balancesOf(customer: CustomerReference): Promise<Money[]>;
  balancesOfAccount(account: BillingAccount): Promise<Money[]>;
  /** The remaining amounts of an account's open invoices. */
  outstanding(billingAccountId: string): Promise<Money[]>;
  outstandingOf(customer: CustomerReference): Promise<Money[]>;
  /** In the plan's currency. */
  unitAmountOf(item: RecurringPlanItem): Money | null | Promise<Money | null>;
}

interface Accounts {
  readonly billingAccountById: UnbatchedLoader<string, BillingAccount | null>;
  readonly billingAccountsOf: (customer: CustomerReference) => Promise<readonly BillingAccount[]>;
  readonly billingAccountIdsOf: (customer: CustomerReference) => Promise<readonly string[]>;
}

export function createAmountLoaders(
  provider: PaymentsProvider,
  request: SubgraphRequest,
  { billingAccountById, billingAccountsOf, billingAccountIdsOf }: Accounts,
): AmountLoaders {
  const outstandingByAccount = new UnbatchedLoader(
    (id: string) => readOutstanding(provider, id, request),
    explainRead(),
  );
  const unitAmountsByPrice = new UnbatchedLoader(
    (priceId: string) => provider.unitAmounts(priceId, request),
    explainRead(),
  );
  /** An account that came with another record has only the balance in its own currency. */
  const balancesOfAccount = async ({ id, balance, balances }: BillingAccount) => {
    const all = balances ?? (await billingAccountById.load(id))?.balances;
    if (all != null) return [...all];
    return balance === null ? [] : [balance];
  };
  return {
    balanceOf: async (customer) =>
      sumByCurrency((await billingAccountsOf(customer)).flatMap(({ balance }) => balance ?? [])),
    balancesOf: async (customer) => {
      const accounts = await billingAccountsOf(customer);
      return sumByCurrency((await Promise.all(accounts.map(balancesOfAccount))).flat());
    },
    balancesOfAccount,
    outstanding: (id) => outstandingByAccount.load(id),
    outstandingOf: async (customer) => {
      const ids = await billingAccountIdsOf(customer);
      const amounts = await Promise.all(ids.map((id) => outstandingByAccount.load(id)));
      return sumByCurrency(amounts.flat());
    },
    unitAmountOf: ({ unitAmount, priceOfOtherCurrency: price }) =>
      price === null
        ? unitAmount
        : unitAmountsByPrice
            .load(price.id)
            .then((amounts) => amounts.find(({ currency }) => currency === price.currency) ?? null),
  };
}

/** @throws CodedError if there are more open invoices than on {@link MAX_OUTSTANDING_PAGES} pages: a partial sum would be wrong */
async function readOutstanding(
  provider: PaymentsProvider,
  billingAccountId: string,
  request: SubgraphRequest,
): Promise<Money[]> {
  const amounts: Money[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_OUTSTANDING_PAGES; pages += 1) {
    const { entries, hasNextPage } = await provider.invoices(
      { billingAccountId, status: 'OPEN' },
      { first: OUTSTANDING_PAGE_SIZE, ...(after !== undefined && { after }) },
      NO_FIELDS,
      request,
    );
    for (const { item } of entries) {
      if (item instanceof Error) throw item;
      if (item !== null) amounts.push(item.amountRemaining);
    }
    after = entries.at(-1)?.position;
    if (!hasNextPage || after === undefined) return sumByCurrency(amounts);
  }
  throw new CodedError(
    'OPERATION_TOO_COMPLEX',
    `outstanding counts up to ${String(MAX_OUTSTANDING_PAGES * OUTSTANDING_PAGE_SIZE)} open invoices of a billing account, but it has more. Read them with invoices(filter: { billingAccountId, status: OPEN }).`,
    { service: PAYMENTS.name },
  );
}

const OUTSTANDING_PAGE_SIZE = 100;
const MAX_OUTSTANDING_PAGES = 5;
const NO_FIELDS: Fields = new Set();
