import type { CustomObjectReads } from '../extensions/custom-objects.ts';
import type { PageArguments } from '../paging/connection.ts';
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
import { createObjectReads } from './custom-objects.ts';
import { connect, linked, listed, type ListArguments } from './lists.ts';
import { createLoaders, isEmail, type CrmLoaders } from './loaders.ts';
import type { CrmProvider } from './provider.ts';
import { createWrites, type CrmWrites } from './writes.ts';

/** The context of the resolvers for one client request. */
export interface CrmContext {
  readonly loaders: CrmLoaders;
  readonly writes: CrmWrites;
  /** Custom records. */
  readonly objects: CustomObjectReads;
  customers(args: ListArguments<CustomerFilter, CustomerSortField>): Promise<CustomerConnection>;
  companies(args: ListArguments<CompanyFilter, CompanySortField>): Promise<CompanyConnection>;
  deals(args: ListArguments<DealFilter, DealSortField>): Promise<DealConnection>;
  owners(args: PageArguments): Promise<OwnerConnection>;
  dealsOfCustomer(parent: Named, args: PageArguments): Promise<DealConnection>;
  dealsOfCompany(parent: Named, args: PageArguments): Promise<DealConnection>;
  customersOfCompany(parent: Named, args: PageArguments): Promise<CustomerConnection>;
  customersOfDeal(parent: Named, args: PageArguments): Promise<CustomerConnection>;
  /** @returns null without a payer, and for a payer that the CRM does not know */
  customerOfPayer(payer: Payer | null | undefined): Promise<Customer | null>;
}

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
    objects: createObjectReads(provider, request, loaders),
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

async function customerOfPayer(
  loaders: CrmLoaders,
  byReference: boolean,
  payer: Payer | null | undefined,
): Promise<Customer | null> {
  const { reference, email } = payer ?? {};
  const found =
    byReference && reference != null ? await loaders.customerByReference.load(reference) : null;
  if (found !== null) return found;
  // An invalid address at the processor is not the client's error.
  if (email == null || !isEmail(email)) return null;
  const customer = await loaders.customerByEmail.load(email);
  // A customer with an account by reference has no others: `Customer.billingAccounts` returns only that one.
  const own = customer?.billingLink.reference ?? null;
  return own === null || own === reference ? customer : null;
}
