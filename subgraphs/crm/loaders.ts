import DataLoader from 'dataloader';
import { BadUserInput } from '../../errors/coded-error.ts';
import type { Page, PageRequest } from '../paging/connection.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import type {
  Company,
  CompanyFilter,
  CompanySortField,
  Customer,
  CustomerFilter,
  CustomerSortField,
  Deal,
  DealFilter,
  DealSortField,
  DealStage,
  LifecycleStage,
  Named,
  Owner,
  Pipeline,
  RecordKind,
} from './domain.ts';
import type {
  CrmCapabilities,
  CrmProvider,
  FoundRecords,
  Link,
  LinkedRequest,
  ListQuery,
} from './provider.ts';

/** The loaders of one client request: concurrent reads become a batch, and each record is read once. */
export interface CrmLoaders {
  readonly customerById: Loader<Customer>;
  readonly companyById: Loader<Company>;
  readonly dealById: Loader<Deal>;
  readonly customerByEmail: Loader<Customer>;
  readonly customerByReference: Loader<Customer>;
  readonly companyIdByDealId: Loader<string>;
  readonly stageById: Loader<DealStage>;
  readonly pipelineById: Loader<Pipeline>;
  readonly lifecycleStageById: Loader<LifecycleStage>;
  readonly ownerById: Loader<Owner>;
  readonly pipelines: () => Promise<readonly Pipeline[]>;
  readonly lifecycleStages: () => Promise<readonly LifecycleStage[]>;
  readonly customerPage: PageLoader<ListQuery<CustomerFilter, CustomerSortField>, Customer>;
  readonly companyPage: PageLoader<ListQuery<CompanyFilter, CompanySortField>, Company>;
  readonly dealPage: PageLoader<ListQuery<DealFilter, DealSortField>, Deal>;
  readonly ownerPage: PageLoader<PageRequest, Owner>;
  readonly dealIdsOfCustomer: PageLoader<LinkedRequest, string>;
  readonly dealIdsOfCompany: PageLoader<LinkedRequest, string>;
  readonly customerIdsOfCompany: PageLoader<LinkedRequest, string>;
  readonly customerIdsOfDeal: PageLoader<LinkedRequest, string>;
}

/** Loads null for an unknown key. */
export type Loader<Value> = DataLoader<string, Value | null>;
export type PageLoader<Query, Item> = DataLoader<Query, Page<Item>, string>;

export function createLoaders(provider: CrmProvider, request: SubgraphRequest): CrmLoaders {
  const { maxBatchSize } = provider.capabilities;
  const batch = <Value>(read: ReadBatch<Value>): Loader<Value> =>
    new DataLoader(read, { maxBatchSize });
  const byId = <Value extends Named>(read: ReadBatch<Value>): Loader<Value> =>
    recordLoader(provider.capabilities, read);
  const linked = (from: RecordKind, to: RecordKind) => linkLoader(provider, request, { from, to });

  const customerById = byId((ids) =>
    provider.customersById(ids, request.wanted('Customer'), request),
  );
  const companyById = byId((ids) =>
    provider.companiesById(ids, request.wanted('Company'), request),
  );
  const dealById = byId((ids) => provider.dealsById(ids, request.wanted('Deal'), request));
  const ownerById = batch((ids) => provider.ownersById(ids, request));
  const pipelines = lazy(() => provider.pipelines(request));
  const lifecycleStages = lazy(() => provider.lifecycleStages(request));
  return {
    customerById,
    companyById,
    dealById,
    customerByEmail: emailLoader(provider, request, customerById),
    customerByReference: batch(async (references) =>
      remember(
        customerById,
        await provider.customersByReference(references, request.wanted('Customer'), request),
      ),
    ),
    companyIdByDealId: batch((dealIds) => provider.companyIdsOfDeals(dealIds, request)),
    stageById: batch(async (ids) => {
      const stages = (await pipelines()).flatMap((pipeline) => pipeline.stages);
      return pick(ids, stages);
    }),
    pipelineById: batch(async (ids) => pick(ids, await pipelines())),
    lifecycleStageById: batch(async (ids) => pick(ids, await lifecycleStages())),
    ownerById,
    pipelines,
    lifecycleStages,
    customerPage: pageLoader(customerById, (query) =>
      provider.customers(query, request.wanted('Customer'), request),
    ),
    companyPage: pageLoader(companyById, (query) =>
      provider.companies(query, request.wanted('Company'), request),
    ),
    dealPage: pageLoader(dealById, (query) =>
      provider.deals(query, request.wanted('Deal'), request),
    ),
    ownerPage: pageLoader(ownerById, (page) => provider.owners(page, request)),
    dealIdsOfCustomer: linked('customer', 'deal'),
    dealIdsOfCompany: linked('company', 'deal'),
    customerIdsOfCompany: linked('company', 'customer'),
    customerIdsOfDeal: linked('deal', 'customer'),
  };
}

/** Loads a merged record under the id of the record that it became part of. */
export function recordLoader<Value extends Named>(
  capabilities: CrmCapabilities,
  read: ReadBatch<Value>,
): Loader<Value> {
  const loader: Loader<Value> = new DataLoader(
    acceptOnly(
      (id) => refuseId(capabilities, id),
      async (ids) => remember(loader, await read(ids)),
    ),
    { maxBatchSize: capabilities.maxBatchSize },
  );
  return loader;
}

export const linkLoader = (
  provider: CrmProvider,
  request: SubgraphRequest,
  link: Link,
): PageLoader<LinkedRequest, string> =>
  new DataLoader(
    (requests: readonly LinkedRequest[]) => provider.linkedIds(link, requests, request),
    { maxBatchSize: provider.capabilities.maxBatchSize, cacheKeyFn: toText },
  );

type ReadBatch<Value> = (keys: readonly string[]) => Promise<FoundRecords<Value>>;

function emailLoader(
  provider: CrmProvider,
  request: SubgraphRequest,
  customerById: Loader<Customer>,
): Loader<Customer> {
  const read = acceptOnly(refuseEmail, async (emails) => {
    // The billing link decides whether a customer is the payer.
    const fields = new Set([...request.wanted('Customer'), 'billingLink']);
    return remember(customerById, await provider.customersByEmail(emails, fields, request));
  });
  return new DataLoader((emails) => read(emails.map((email) => email.toLowerCase())), {
    maxBatchSize: provider.capabilities.maxBatchSize,
    cacheKeyFn: (email) => email.toLowerCase(),
  });
}

/** An invalid key gets its error here, without failing the rest of the batch. */
const acceptOnly =
  <Value>(refuse: (key: string) => Error | undefined, read: ReadBatch<Value>): ReadBatch<Value> =>
  async (keys) => {
    const refusals = new Map(keys.map((key) => [key, refuse(key)]));
    const accepted = keys.filter((key) => refusals.get(key) === undefined);
    const found = (accepted.length === 0 ? [] : await read(accepted)).values();
    return keys.map((key) => refusals.get(key) ?? found.next().value ?? null);
  };

function refuseId({ idPattern, idDescription }: CrmCapabilities, id: string): Error | undefined {
  return idPattern.test(id)
    ? undefined
    : new BadUserInput(`id must be ${idDescription}, but got ${JSON.stringify(id.slice(0, 40))}.`);
}

function refuseEmail(email: string): Error | undefined {
  if (isEmail(email)) return undefined;
  return new BadUserInput(
    `email must be ${EMAIL_DESCRIPTION}, but got ${JSON.stringify(email.slice(0, 40))}.`,
  );
}

/** Checks only what the CRM needs to accept the value; the CRM knows whether it exists. */
export const isEmail = (text: string): boolean =>
  text.length <= MAX_EMAIL && /^[^\s@]+@[^\s@]+$/.test(text);

/** RFC 5321 section 4.5.3.1.3 allows a path of 256 octets, including its two angle brackets. */
const MAX_EMAIL = 254;
export const EMAIL_DESCRIPTION = `an e-mail address of at most ${String(MAX_EMAIL)} characters`;

/** One call per query, as lists have no batch read. The records of a page are not read again by id. */
export const pageLoader = <Query, Item extends Named>(
  records: Loader<Item>,
  read: (query: Query) => Promise<Page<Item>>,
): PageLoader<Query, Item> =>
  new DataLoader(
    async (queries: readonly Query[]) => {
      const pages = await Promise.allSettled(queries.map(read));
      return pages.map((page) => {
        // The cast is safe: this code throws only errors.
        if (page.status === 'rejected') return page.reason as Error;
        const { entries } = page.value;
        remember(
          records,
          entries.map(({ item }) => item),
        );
        return page.value;
      });
    },
    { cacheKeyFn: toText },
  );

const toText = (key: unknown) => JSON.stringify(key);

function remember<Item extends Named>(
  records: Loader<Item>,
  found: FoundRecords<Item>,
): FoundRecords<Item> {
  for (const item of found)
    if (item !== null && !(item instanceof Error)) records.prime(item.id, item);
  return found;
}

const pick = <Item extends Named>(
  ids: readonly string[],
  items: readonly Item[],
): FoundRecords<Item> => ids.map((id) => items.find((item) => item.id === id) ?? null);

function lazy<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return () => (reading ??= read());
}
