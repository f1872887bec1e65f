import type { Company, Customer } from '../../subgraphs/crm/domain.ts';
import type { CrmProvider } from '../../subgraphs/crm/provider.ts';
import type { Place } from '../../subgraphs/maps/domain.ts';
import type { MapsProvider } from '../../subgraphs/maps/provider.ts';
import type { BillingAccount, Payment } from '../../subgraphs/payments/domain.ts';
import type { PaymentsProvider } from '../../subgraphs/payments/provider.ts';
import type { RequestScope } from '../../request/request-scope.ts';

export interface Providers {
  readonly crm: CrmProvider;
  readonly payments: PaymentsProvider;
  readonly maps: MapsProvider;
}

/** What an engineer would write for these four screens and nothing else: the same adapters, plain loops and promises. */
export const createAnswers = (providers: Providers) => ({
  list: (after: string | undefined, scope: RequestScope) => list(providers, after, scope),
  one: (id: string, scope: RequestScope) => one(providers, id, scope),
  paymentAndBack: (id: string, scope: RequestScope) => paymentAndBack(providers, id, scope),
  companyCustomers: (id: string, scope: RequestScope) => companyCustomers(providers, id, scope),
});

async function list(providers: Providers, after: string | undefined, scope: RequestScope) {
  const page = after === undefined ? { first: 20 } : { first: 20, after };
  const { entries } = await providers.crm.customers({ page, counted: false }, CUSTOMER, scope);
  const nodes = await cards(
    providers,
    entries.map(({ item }) => present(item)),
    scope,
  );
  return { customers: { edges: nodes.map((node) => ({ node })) } };
}

async function one(providers: Providers, id: string, scope: RequestScope) {
  const [customer] = await providers.crm.customersById([id], CUSTOMER, scope);
  const [card] = await cards(providers, [present(customer)], scope);
  return { customer: card };
}

async function paymentAndBack(providers: Providers, id: string, scope: RequestScope) {
  const payment = await providers.payments.payment(id, PAYMENT_WITH_PAYER, scope);
  const email = payment?.payer?.email;
  const found =
    email == null
      ? []
      : await providers.crm.customersByEmail([email.toLowerCase()], CUSTOMER_OF_PAYMENT, scope);
  const customers = found.filter((customer) => customer !== null).map(present);
  const [companies, places] = await Promise.all([
    companiesOf(providers, customers, scope),
    placesOf(providers, customers, scope),
  ]);
  const [customer] = customers.map(({ name, companyId, address }) => ({
    name,
    company: companyId === null ? null : nameOf(companies.get(companyId)),
    address: address && { place: addressOf(places.get(address.formatted)) },
  }));
  return { payment: payment && { amount: payment.amount, customer: customer ?? null } };
}

async function companyCustomers({ crm }: Providers, id: string, scope: RequestScope) {
  const [[company], [page]] = await Promise.all([
    crm.companiesById([id], NAME, scope),
    crm.linkedIds({ from: 'company', to: 'customer' }, [{ id, page: { first: 10 } }], scope),
  ]);
  const ids = present(page).entries.map(({ item }) => present(item));
  const customers = ids.length === 0 ? [] : await crm.customersById(ids, NAME_AND_EMAIL, scope);
  const nodes = customers.map(present).map(({ name, email }) => ({ name, email }));
  return { company: { ...nameOf(present(company)), customers: { nodes } } };
}

async function cards(providers: Providers, customers: readonly Customer[], scope: RequestScope) {
  const [companies, paid, places] = await Promise.all([
    companiesOf(providers, customers, scope),
    paymentsByEmail(providers, customers, scope),
    placesOf(providers, customers, scope),
  ]);
  return customers.map(({ name, companyId, billingLink, address }) => ({
    name,
    company: companyId === null ? null : nameOf(companies.get(companyId)),
    payments: {
      nodes: (paid.get(billingLink.emails[0] ?? '') ?? []).map(({ status, amount }) => ({
        status,
        amount,
      })),
    },
    address: address && { place: placeOf(places.get(address.formatted)) },
  }));
}

async function companiesOf(
  { crm }: Providers,
  customers: readonly Customer[],
  scope: RequestScope,
) {
  const ids = [...new Set(customers.flatMap(({ companyId }) => companyId ?? []))];
  const companies = ids.length === 0 ? [] : await crm.companiesById(ids, NAME, scope);
  return new Map(ids.map((id, index) => [id, companies[index]]));
}

async function placesOf({ maps }: Providers, customers: readonly Customer[], scope: RequestScope) {
  const addresses = [...new Set(customers.flatMap(({ address }) => address?.formatted ?? []))];
  const places = await maps.geocode(addresses, PLACE, scope);
  return new Map(addresses.map((address, index) => [address, places[index]]));
}

async function paymentsByEmail(
  providers: Providers,
  customers: readonly Customer[],
  scope: RequestScope,
) {
  const emails = [...new Set(customers.flatMap(({ billingLink }) => billingLink.emails))];
  const groups = Array.from({ length: Math.ceil(emails.length / EMAILS_PER_SEARCH) }, (_, index) =>
    emails.slice(index * EMAILS_PER_SEARCH, (index + 1) * EMAILS_PER_SEARCH),
  );
  const accounts = groups.flatMap((group) =>
    providers.payments.billingAccountsByEmail(group, new Set(), scope),
  );
  return new Map(
    await Promise.all(
      accounts.map(
        async (found, index) =>
          [emails[index] ?? '', await paymentsOf(providers, await found, scope)] as const,
      ),
    ),
  );
}

const EMAILS_PER_SEARCH = 10;

async function paymentsOf(
  { payments }: Providers,
  accounts: readonly BillingAccount[],
  scope: RequestScope,
): Promise<Payment[]> {
  const pages = await Promise.all(
    accounts.map(({ id }) =>
      payments.payments({ billingAccountId: id }, { first: 3 }, PAYMENT, scope),
    ),
  );
  const all = pages.flatMap(({ entries }) => entries.map(({ item }) => present(item)));
  if (accounts.length > 1)
    all.sort((a, b) =>
      a.createdAt === b.createdAt ? (a.id > b.id ? -1 : 1) : a.createdAt > b.createdAt ? -1 : 1,
    );
  return all.slice(0, 3);
}

/** No error handling for parts: where one thing fails, all of it does. */
function present<T>(value: T | Error | null | undefined): T {
  if (value instanceof Error) throw value;
  if (value == null) throw new Error('Something is not there.');
  return value;
}

const NAME = new Set(['name']);
const NAME_AND_EMAIL = new Set(['name', 'email']);
const CUSTOMER = new Set(['name', 'company', 'address', 'billingLink']);
const CUSTOMER_OF_PAYMENT = new Set(['name', 'company', 'address']);
const PAYMENT = new Set(['status', 'amount']);
const PLACE = new Set(['location', 'formattedAddress']);
const PAYMENT_WITH_PAYER = new Set(['amount', 'payer']);

type Found<T> = T | Error | null | undefined;
const nameOf = (company: Found<Company>) =>
  company == null ? null : { name: present(company).name };
const placeOf = (place: Found<Place>) =>
  place == null ? null : { location: present(place).location };
const addressOf = (place: Found<Place>) =>
  place == null ? null : { formattedAddress: present(place).formattedAddress };
