import {
  type Connection,
  type Page,
  type PageArguments,
  type PageRequest,
  readPageArguments,
  toConnection,
} from '../paging/connection.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import type {
  CustomerReference,
  Invoice,
  InvoiceLine,
  Payment,
  RecurringPlan,
  Refund,
  SavedPaymentMethod,
} from './domain.ts';
import type { PaymentsLoaders } from './loaders.ts';
import { type Dated, readMergedPage } from './merged-pages.ts';
import { UnbatchedLoader } from './unbatched-loader.ts';
import type { InvoiceFilter, PaymentFilter, PaymentsProvider } from './provider.ts';
import { explainRead } from './user-errors.ts';

/** Reads pages, each at most once per client request. */
export interface PaymentsLists {
  readonly payments: FilteredLists<Payment, PaymentFilter>;
  readonly invoices: FilteredLists<Invoice, InvoiceFilter>;
  readonly recurringPlans: ListsOfPayers<RecurringPlan>;
  readonly paymentMethods: ListsOfPayers<SavedPaymentMethod>;
  refundsOf(payment: Payment, page: PageArguments): Promise<Connection<Refund>>;
  linesOf(invoice: Invoice, page: PageArguments): Promise<Connection<InvoiceLine>>;
}

/** A list of one account, or of all accounts of a customer. */
interface ListsOfPayers<Item> {
  ofAccount(account: { readonly id: string }, page: PageArguments): Promise<Connection<Item>>;
  ofCustomer(customer: CustomerReference, page: PageArguments): Promise<Connection<Item>>;
}

interface FilteredLists<Item, Filter> extends ListsOfPayers<Item> {
  all(filter: Nullish<Filter> | null | undefined, page: PageArguments): Promise<Connection<Item>>;
}

/** A filter as a client can send it: null means not given. */
type Nullish<Filter> = { readonly [Name in keyof Filter]?: Filter[Name] | null | undefined };

export function createPaymentsLists(
  provider: PaymentsProvider,
  loaders: PaymentsLoaders,
  request: SubgraphRequest,
): PaymentsLists {
  const payments = pages(
    (filter: PaymentFilter, page) =>
      provider.payments(filter, page, request.wanted('Payment'), request),
    FILTER,
  );
  const invoices = pages(
    (filter: InvoiceFilter, page) =>
      provider.invoices(filter, page, request.wanted('Invoice'), request),
    FILTER,
  );
  const plans = pages((accountId: string, page) =>
    provider.recurringPlans(accountId, page, request.wanted('RecurringPlan'), request),
  );
  const methods = pages((accountId: string, page) =>
    provider.paymentMethods(accountId, page, request),
  );
  const refunds = pages((paymentId: string, page) => provider.refunds(paymentId, page, request));
  const lines = pages((invoiceId: string, page) => provider.invoiceLines(invoiceId, page, request));

  const ofPayers = <Item extends Dated>(
    name: string,
    readPage: ReadPage<string, Item>,
  ): ListsOfPayers<Item> => ({
    ofAccount: ({ id }, page) =>
      readConnection(['BillingAccount', id, name], page, (part) => readPage(id, part)),
    ofCustomer: async (customer, page) => {
      const list = JSON.stringify(['Customer', customer.id, name]);
      const part = readPageArguments(list, page);
      return toConnection(
        list,
        part,
        await readMergedPage(await loaders.billingAccountIdsOf(customer), part, readPage),
      );
    },
  });

  return {
    payments: {
      ...ofPayers('payments', (billingAccountId, part) => payments({ billingAccountId }, part)),
      all: (filter, page) => readFiltered('payments', filter, page, payments),
    },
    invoices: {
      ...ofPayers('invoices', (billingAccountId, part) => invoices({ billingAccountId }, part)),
      all: (filter, page) => readFiltered('invoices', filter, page, invoices),
    },
    recurringPlans: ofPayers('recurringPlans', plans),
    paymentMethods: ofPayers('paymentMethods', methods),
    refundsOf: ({ id }, page) =>
      readConnection(['Payment', id, 'refunds'], page, (part) => refunds(id, part)),
    linesOf: (invoice, page) =>
      readConnection(
        ['Invoice', invoice.id, 'lines'],
        page,
        async (part) => leadingLines(invoice, part) ?? lines(invoice.id, part),
      ),
  };
}

const FILTER = ['filter'];

type ReadPage<Key, Item> = (key: Key, page: PageRequest) => Promise<Page<Item>>;

/** Reads each page once, also if several parts of an operation select it. */
function pages<Key, Item>(
  readPage: ReadPage<Key, Item>,
  argument?: readonly string[],
): ReadPage<Key, Item> {
  const pageByKey = new UnbatchedLoader(
    ([key, page]: readonly [Key, PageRequest]) => readPage(key, page),
    explainRead(argument),
  );
  return (key, page) => pageByKey.load([key, page]);
}

/** @param list identifies the list: parent, field, filter */
async function readConnection<Item>(
  list: readonly unknown[],
  page: PageArguments,
  readPage: (page: PageRequest) => Promise<Page<Item>>,
): Promise<Connection<Item>> {
  const name = JSON.stringify(list);
  const part = readPageArguments(name, page);
  return toConnection(name, part, await readPage(part));
}

function readFiltered<Item, Filter extends object>(
  name: string,
  filterInput: Nullish<Filter> | null | undefined,
  page: PageArguments,
  readPage: ReadPage<Filter, Item>,
): Promise<Connection<Item>> {
  const conditions = Object.entries(filterInput ?? {}).filter(([, value]) => value != null);
  conditions.sort(([one], [other]) => (one < other ? -1 : 1));
  // The cast is safe: without the nullish values it has the filter's type.
  const filter = Object.fromEntries(conditions) as Filter;
  return readConnection(['Query', name, filter], page, (part) => readPage(filter, part));
}

/** The page, if the lines that came with the invoice suffice. */
function leadingLines(
  { leadingLines: { lines, hasMore } }: Invoice,
  { first, after }: PageRequest,
): Page<InvoiceLine> | undefined {
  if (after !== undefined || (hasMore && lines.length < first)) return undefined;
  return {
    entries: lines.slice(0, first).map((line) => ({ item: line, position: line.id })),
    hasNextPage: hasMore || lines.length > first,
  };
}
