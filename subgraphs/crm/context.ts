import {
  type PageArguments,
  type PageRequest,
  readPageArguments,
  toConnection,
  type Connection,
  type Page,
  type PageEntry,
} from '../paging/connection.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import type { IdempotentWriter } from '../writes/idempotent-writes.ts';
import type {
  CompanyConnection,
  CompanyFilter,
  CompanySortField,
  Customer,
  CustomerConnection,
  CustomerFilter,
  CustomerSortField,
  DealConnection,
  DealFilter,
  DealSortField,
  Named,
  OwnerConnection,
  Payer,
} from './domain.ts';
import {
  createLoaders,
  isEmail,
  type CrmLoaders,
  type Loader,
  type PageLoader,
} from './loaders.ts';
import { checkConditions } from './list-queries.ts';
import type { CrmCapabilities, CrmProvider, LinkedRequest, ListQuery } from './provider.ts';
import { createWrites, type CrmWrites } from './writes.ts';

/** What the resolvers of one client request work with. */
export interface CrmContext {
  readonly loaders: CrmLoaders;
  readonly writes: CrmWrites;
  customers(args: ListArguments<CustomerFilter, CustomerSortField>): Promise<CustomerConnection>;
  companies(args: ListArguments<CompanyFilter, CompanySortField>): Promise<CompanyConnection>;
  deals(args: ListArguments<DealFilter, DealSortField>): Promise<DealConnection>;
  owners(args: PageArguments): Promise<OwnerConnection>;
  dealsOfCustomer(parent: Named, args: PageArguments): Promise<DealConnection>;
  dealsOfCompany(parent: Named, args: PageArguments): Promise<DealConnection>;
  customersOfCompany(parent: Named, args: PageArguments): Promise<CustomerConnection>;
  customersOfDeal(parent: Named, args: PageArguments): Promise<CustomerConnection>;
  /** @returns null for nobody, and for a payer that the CRM does not know. */
  customerOfPayer(payer: Payer | null | undefined): Promise<Customer | null>;
}

/** The arguments of a root list. */
type ListArguments<Filter, SortField> = PageArguments &
  Omit<ListQuery<Filter, SortField>, 'page' | 'counted'>;

export function createCrmContext(
  provider: CrmProvider,
  idempotentWriter: IdempotentWriter,
  request: SubgraphRequest,
): CrmContext {
  const loaders = createLoaders(provider, request);
  const { capabilities } = provider;
  const counted = (connection: string) => request.wanted(connection).has('totalCount');
  return {
    loaders,
    writes: createWrites(provider, idempotentWriter, request),
    customers: (args) =>
      listed('customers', args, loaders.customerPage, {
        capabilities,
        counted: counted('CustomerConnection'),
      }),
    companies: (args) =>
      listed('companies', args, loaders.companyPage, {
        capabilities,
        counted: counted('CompanyConnection'),
      }),
    deals: (args) =>
      listed('deals', args, loaders.dealPage, { capabilities, counted: counted('DealConnection') }),
    owners: (args) => connect('owners', args, (page) => loaders.ownerPage.load(page)),
    dealsOfCustomer: ({ id }, args) =>
      linked(`customer ${id} deals`, id, args, loaders.dealIdsOfCustomer, loaders.dealById),
    dealsOfCompany: ({ id }, args) =>
      linked(`company ${id} deals`, id, args, loaders.dealIdsOfCompany, loaders.dealById),
    customersOfCompany: ({ id }, args) =>
      linked(
        `company ${id} customers`,
        id,
        args,
        loaders.customerIdsOfCompany,
        loaders.customerById,
      ),
    customersOfDeal: ({ id }, args) =>
      linked(`deal ${id} customers`, id, args, loaders.customerIdsOfDeal, loaders.customerById),
    customerOfPayer: (payer) => customerOfPayer(loaders, capabilities.hasBillingReferences, payer),
  };
}

/** A root list. Its cursors hold for the same words, conditions and order only. */
function listed<Item, Filter extends object, SortField>(
  list: string,
  { first, after, ...conditions }: ListArguments<Filter, SortField>,
  pages: PageLoader<ListQuery<Filter, SortField>, Item>,
  { capabilities, counted }: { readonly capabilities: CrmCapabilities; readonly counted: boolean },
): Promise<Connection<Item>> {
  return connect(`${list} ${JSON.stringify(conditions)}`, { first, after }, (page) => {
    checkConditions(conditions, capabilities);
    return pages.load({ ...conditions, page, counted });
  });
}

/** A list of another record's: the page's ids first, then just their records. */
function linked<Item extends Named>(
  list: string,
  id: string,
  args: PageArguments,
  ids: PageLoader<LinkedRequest, string>,
  records: Loader<Item>,
): Promise<Connection<Item>> {
  return connect(list, args, async (request) => {
    const page = await ids.load({ id, page: request });
    const entries = page.entries.map(async ({ item, position }) => ({
      item:
        typeof item === 'string'
          ? await records.load(item).catch((error: unknown) => error as Error)
          : item,
      position,
    }));
    return { ...page, entries: withoutRepeats(await Promise.all(entries)) };
  });
}

/**
 * Records that were merged in the CRM are one record, which may be linked under each of its former ids. Reading goes on after a
 * repeated record where it goes on after the record before it.
 */
function withoutRepeats<Item extends Named>(
  entries: readonly PageEntry<Item>[],
): readonly PageEntry<Item>[] {
  const seen = new Set<string>();
  const kept: PageEntry<Item>[] = [];
  for (const entry of entries) {
    const id = entry.item === null || entry.item instanceof Error ? undefined : entry.item.id;
    const last = kept.at(-1);
    if (id !== undefined && last !== undefined && seen.has(id))
      kept[kept.length - 1] = { ...last, position: entry.position };
    else kept.push(entry);
    if (id !== undefined) seen.add(id);
  }
  return kept;
}

async function connect<Item>(
  list: string,
  args: PageArguments,
  read: (request: PageRequest) => Promise<Page<Item>>,
): Promise<Connection<Item>> {
  const request = readPageArguments(list, args);
  return toConnection(list, request, await read(request));
}

async function customerOfPayer(
  loaders: CrmLoaders,
  byReference: boolean,
  payer: Payer | null | undefined,
): Promise<Customer | null> {
  const { reference, email } = payer ?? {};
  const found =
    byReference && reference != null ? await loaders.customerByReference.load(reference) : null;
  if (found !== null) return found;
  // Whatever text the processor holds for an address is no mistake of the client's.
  if (email == null || !isEmail(email)) return null;
  const customer = await loaders.customerByEmail.load(email);
  // Who has an account by reference has no others: `Customer.billingAccounts` shows that one alone.
  const own = customer?.billingLink.reference ?? null;
  return own === null || own === reference ? customer : null;
}
