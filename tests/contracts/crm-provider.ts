import { expect } from '@jest/globals';
import { BadUserInput } from '../../errors/coded-error.ts';
import type { Page } from '../../subgraphs/paging/connection.ts';
import type { Customer, Named } from '../../subgraphs/crm/domain.ts';
import type { CrmProvider, FoundRecords, LinkedRequest } from '../../subgraphs/crm/provider.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';

/** A promise that every CRM adapter keeps, for any data with some customers, companies and deals. */
export interface CrmProviderCase {
  /** Never changes and is never used again for something else. */
  readonly id: string;
  readonly promise: string;
  readonly run: (provider: CrmProvider, scope: RequestScope) => Promise<void>;
}

export const createScope = (): RequestScope => ({
  signal: AbortSignal.timeout(10_000),
  trace: createCallTrace(),
});

const ALL_CUSTOMER_FIELDS = new Set([
  'name',
  'firstName',
  'lastName',
  'email',
  'phone',
  'jobTitle',
  'lifecycleStage',
  'address',
  'company',
  'billingLink',
]);
const ALL_COMPANY_FIELDS = new Set(['name', 'domain', 'industry', 'phone', 'address']);
const ALL_DEAL_FIELDS = new Set([
  'title',
  'amount',
  'stage',
  'pipeline',
  'probability',
  'owner',
  'closesOn',
]);
const ID_ONLY = new Set(['id']);
const UNKNOWN_ID = '999999999999999';

export const CRM_PROVIDER_CASES: readonly CrmProviderCase[] = [
  {
    id: 'CRM-BATCH-1',
    promise: 'returns records in the order of their ids, null for unknown ids, in one call',
    run: async (provider, scope) => {
      const [first, second, third] = await someCustomers(provider, 3);
      const before = scope.trace.calls.length;
      const found = await provider.customersById(
        [third.id, UNKNOWN_ID, first.id, second.id],
        ID_ONLY,
        scope,
      );
      expect(idsOf(found)).toEqual([third.id, null, first.id, second.id]);
      expect(scope.trace.calls.length - before).toBe(1);
    },
  },
  {
    id: 'CRM-BATCH-2',
    promise: 'returns as many records as a batch may have, companies and deals too',
    run: async (provider, scope) => {
      const { maxBatchSize } = provider.capabilities;
      const page = { first: Math.min(100, maxBatchSize) };
      const deals = itemsOf(await provider.deals({ page, counted: false }, ID_ONLY, scope));
      expect(
        idsOf(
          await provider.dealsById(
            deals.map(({ id }) => id),
            ID_ONLY,
            scope,
          ),
        ),
      ).toEqual(deals.map(({ id }) => id));
      const companies = itemsOf(await provider.companies({ page, counted: false }, ID_ONLY, scope));
      expect(
        idsOf(
          await provider.companiesById(
            companies.map(({ id }) => id),
            ID_ONLY,
            scope,
          ),
        ),
      ).toEqual(companies.map(({ id }) => id));
    },
  },
  {
    id: 'CRM-BATCH-3',
    promise: 'gives ids of the form it declares',
    run: async (provider, scope) => {
      const { idPattern } = provider.capabilities;
      for (const { id } of await someCustomers(provider, 5)) expect(id).toMatch(idPattern);
      expect(UNKNOWN_ID).toMatch(idPattern);
      expect(await provider.customersById([UNKNOWN_ID], ID_ONLY, scope)).toEqual([null]);
    },
  },
  {
    id: 'CRM-FIELDS-1',
    promise: 'returns the selected fields and leaves the others null',
    run: async (provider, scope) => {
      const customers = itemsOf(
        await provider.customers(
          { page: { first: 100 }, counted: false },
          ALL_CUSTOMER_FIELDS,
          scope,
        ),
      );
      for (const field of [
        'name',
        'firstName',
        'lastName',
        'email',
        'phone',
        'lifecycleStage',
        'address',
        'companyId',
      ] as const) {
        expect({ field, known: customers.some((customer) => customer[field] !== null) }).toEqual({
          field,
          known: true,
        });
      }
      const [bare] = itemsOf(
        await provider.customers({ page: { first: 1 }, counted: false }, ID_ONLY, scope),
      );
      expect(bare).toMatchObject({ name: null, email: null, address: null, companyId: null });
    },
  },
  {
    id: 'CRM-FIELDS-2',
    promise:
      'returns amounts as exact decimals with a currency, dates without a time, probabilities from 0 to 1',
    run: async (provider, scope) => {
      const deals = itemsOf(
        await provider.deals({ page: { first: 100 }, counted: false }, ALL_DEAL_FIELDS, scope),
      );
      expect(deals.some(({ amount }) => amount !== null)).toBe(true);
      for (const { amount, closesOn, probability } of deals) {
        if (amount !== null)
          expect(amount).toEqual({
            amount: expect.stringMatching(/^-?\d+(\.\d+)?$/),
            currency: expect.stringMatching(/^[A-Z]{3}$/),
          });
        if (closesOn !== null) expect(closesOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        if (probability !== null) expect(probability).toBeLessThanOrEqual(1);
      }
    },
  },
  {
    id: 'CRM-FIELDS-3',
    promise: 'returns null for an address without known parts, and else the address on one line',
    run: async (provider, scope) => {
      const companies = itemsOf(
        await provider.companies(
          { page: { first: 100 }, counted: false },
          ALL_COMPANY_FIELDS,
          scope,
        ),
      );
      const addresses = companies.flatMap(({ address }) => address ?? []);
      expect(addresses.length).toBeGreaterThan(0);
      for (const { formatted, city } of addresses) expect(formatted).toContain(city ?? '');
    },
  },
  {
    id: 'CRM-EMAIL-1',
    promise:
      'finds customers by e-mail in one call, in the order of the addresses, null for unknown ones',
    run: async (provider, scope) => {
      const customers = (await someCustomers(provider, 20)).filter(({ email }) => email !== null);
      const emails = customers.map(({ email }) => email?.toLowerCase() ?? '').reverse();
      const before = scope.trace.calls.length;
      const found = await provider.customersByEmail(
        [...emails, 'nobody@nowhere.example'],
        ID_ONLY,
        scope,
      );
      expect(idsOf(found)).toEqual([...customers.map(({ id }) => id).reverse(), null]);
      expect(scope.trace.calls.length - before).toBe(1);
    },
  },
  {
    id: 'CRM-REFERENCE-1',
    promise: 'finds customers by the processor’s id if a property holds it, else none',
    run: async (provider, scope) => {
      const customers = await someCustomers(provider, 100);
      const references = [
        ...new Set(customers.flatMap(({ billingLink }) => billingLink.reference ?? [])),
      ];
      expect(references.length > 0).toBe(provider.capabilities.hasBillingReferences);
      const found = await provider.customersByReference(
        [...references.slice(0, 99), 'cus_nobody'],
        new Set(['billingLink']),
        scope,
      );
      expect(found.at(-1)).toBeNull();
      expect(
        found.slice(0, -1).map((one) => one instanceof Error || one?.billingLink.reference),
      ).toEqual(references.slice(0, 99));
    },
  },
  {
    id: 'CRM-LIST-1',
    promise: 'lists every customer, company and deal once, page by page',
    run: async (provider, scope) => {
      const customers = await everyPage((page) =>
        provider.customers({ page, counted: false }, ID_ONLY, scope),
      );
      const companies = await everyPage((page) =>
        provider.companies({ page, counted: false }, ID_ONLY, scope),
      );
      const deals = await everyPage((page) =>
        provider.deals({ page, counted: false }, ID_ONLY, scope),
      );
      for (const ids of [customers, companies, deals]) {
        expect(ids.length).toBeGreaterThan(10);
        expect(new Set(ids).size).toBe(ids.length);
      }
      const { totalCount } = await provider.customers(
        { page: { first: 1 }, counted: true },
        ID_ONLY,
        scope,
      );
      expect(totalCount).toBe(customers.length);
    },
  },
  {
    id: 'CRM-LIST-2',
    promise: 'goes on after any entry of a plain list',
    run: async (provider, scope) => {
      await expectToGoOnAfterAny((page) =>
        provider.customers({ page, counted: false }, ID_ONLY, scope),
      );
    },
  },
  {
    id: 'CRM-LIST-3',
    promise: 'goes on after any entry of a list with an order',
    run: async (provider, scope) => {
      const sort = { field: 'CREATED_AT', direction: 'DESCENDING' } as const;
      await expectToGoOnAfterAny((page) =>
        provider.deals({ page, sort, counted: false }, ID_ONLY, scope),
      );
    },
  },
  {
    id: 'CRM-LIST-4',
    promise: 'refuses an invalid cursor position',
    run: async (provider, scope) => {
      for (const after of ['', 'nonsense', '1:2:3', ' :0', ':-1']) {
        const page = { first: 1, after };
        await expect(provider.customers({ page, counted: false }, ID_ONLY, scope)).rejects.toThrow(
          BadUserInput,
        );
        await expect(
          provider.customers({ page, search: 'a', counted: false }, ID_ONLY, scope),
        ).rejects.toThrow(BadUserInput);
      }
      expect(scope.trace.calls).toEqual([]);
    },
  },
  {
    id: 'CRM-SEARCH-1',
    promise: 'finds customers by words of their name',
    run: async (provider, scope) => {
      const [customer] = (await someCustomers(provider, 10)).filter(
        ({ lastName }) => lastName !== null,
      );
      const search = customer?.lastName ?? '';
      const page = await provider.customers(
        { page: { first: 100 }, search, counted: true },
        ALL_CUSTOMER_FIELDS,
        scope,
      );
      expect(itemsOf(page).map(({ id }) => id)).toContain(customer?.id);
      expect(page.totalCount).toBeGreaterThanOrEqual(1);
    },
  },
  {
    id: 'CRM-FILTER-1',
    promise: 'keeps customers that match every condition, at the bounds too',
    run: async (provider, scope) => {
      const customers = await someCustomers(provider, 100);
      const one = customers.find(
        ({ companyId, address }) => companyId !== null && address?.city != null,
      );
      const created = new Date(one?.createdAt ?? 0);
      const filter = {
        companyId: one?.companyId,
        city: one?.address?.city,
        createdFrom: created,
        createdBefore: new Date(created.getTime() + 1),
      };
      const found = itemsOf(
        await provider.customers(
          { page: { first: 100 }, filter, counted: false },
          ALL_CUSTOMER_FIELDS,
          scope,
        ),
      );
      expect(found.map(({ id }) => id)).toContain(one?.id);
      for (const { companyId, createdAt } of found)
        expect([companyId, createdAt]).toEqual([one?.companyId, one?.createdAt]);
      const before = {
        createdFrom: new Date(0),
        createdBefore: created,
        companyId: one?.companyId,
      };
      const earlier = itemsOf(
        await provider.customers(
          { page: { first: 100 }, filter: before, counted: false },
          ID_ONLY,
          scope,
        ),
      );
      expect(earlier.map(({ id }) => id)).not.toContain(one?.id);
    },
  },
  {
    id: 'CRM-FILTER-2',
    promise: 'keeps deals that close within given days',
    run: async (provider, scope) => {
      const deals = itemsOf(
        await provider.deals({ page: { first: 100 }, counted: false }, ALL_DEAL_FIELDS, scope),
      );
      const day = deals.find(({ closesOn }) => closesOn !== null)?.closesOn ?? '';
      const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
      const filter = { closesFrom: day, closesBefore: next };
      const found = itemsOf(
        await provider.deals(
          { page: { first: 100 }, filter, counted: false },
          ALL_DEAL_FIELDS,
          scope,
        ),
      );
      expect(new Set(found.map(({ closesOn }) => closesOn))).toEqual(new Set([day]));
    },
  },
  {
    id: 'CRM-SORT-1',
    promise: 'orders companies by name, both ways',
    run: async (provider, scope) => {
      const named = async (direction: 'ASCENDING' | 'DESCENDING') =>
        itemsOf(
          await provider.companies(
            { page: { first: 100 }, sort: { field: 'NAME', direction }, counted: false },
            ALL_COMPANY_FIELDS,
            scope,
          ),
        ).flatMap(({ name }) => name?.toLowerCase() ?? []);
      const up = await named('ASCENDING');
      expect(up).toEqual([...up].sort());
      expect((await named('DESCENDING')).slice(0, 1)).toEqual(up.slice(-1));
    },
  },
  {
    id: 'CRM-LINK-1',
    promise: 'pages through the ids of linked records, which lead back',
    run: async (provider, scope) => {
      const deals = itemsOf(
        await provider.deals({ page: { first: 100 }, counted: false }, ID_ONLY, scope),
      );
      const found = await provider.companyIdsOfDeals(
        deals.map(({ id }) => id),
        scope,
      );
      const companyId = found.find((id) => typeof id === 'string');
      const link = { from: 'company', to: 'deal' } as const;
      const linked = await everyPage((page) =>
        onePage(provider.linkedIds(link, [{ id: companyId ?? '', page }], scope)),
      );
      expect(linked.length).toBeGreaterThan(0);
      expect(new Set(linked).size).toBe(linked.length);
      expect(await provider.companyIdsOfDeals(linked, scope)).toEqual(linked.map(() => companyId));
    },
  },
  {
    id: 'CRM-LINK-2',
    promise: 'returns an empty page for records without links, beside others with links',
    run: async (provider, scope) => {
      const customers = await someCustomers(provider, 100);
      const requests: LinkedRequest[] = [...customers.map(({ id }) => id), UNKNOWN_ID].map(
        (id) => ({ id, page: { first: 2 } }),
      );
      const pages = await provider.linkedIds({ from: 'customer', to: 'deal' }, requests, scope);
      expect(pages).toHaveLength(requests.length);
      expect(pages.at(-1)).toMatchObject({ entries: [], hasNextPage: false });
      expect(pages.some((page) => !(page instanceof Error) && page.entries.length > 0)).toBe(true);
      expect(pages.filter((page) => page instanceof Error)).toEqual([]);
    },
  },
  {
    id: 'CRM-LINK-3',
    promise: 'goes on after any linked record',
    run: async (provider, scope) => {
      const companies = itemsOf(
        await provider.companies({ page: { first: 20 }, counted: false }, ID_ONLY, scope),
      );
      const link = { from: 'company', to: 'customer' } as const;
      const pages = await provider.linkedIds(
        link,
        companies.map(({ id }) => ({ id, page: { first: 100 } })),
        scope,
      );
      const sizes = pages.map((page) => (page instanceof Error ? 0 : page.entries.length));
      const id = companies[sizes.indexOf(Math.max(...sizes))]?.id ?? '';
      await expectToGoOnAfterAny((page) =>
        onePage(provider.linkedIds(link, [{ id, page }], scope)),
      );
    },
  },
  {
    id: 'CRM-LABEL-1',
    promise: 'knows the stage, pipeline, lifecycle stage and owner that records name',
    run: async (provider, scope) => {
      const deals = itemsOf(
        await provider.deals({ page: { first: 100 }, counted: false }, ALL_DEAL_FIELDS, scope),
      );
      const pipelines = await provider.pipelines(scope);
      const stages = pipelines.flatMap((pipeline) => pipeline.stages);
      expect(stages.filter(({ isWon, isClosed }) => isWon && !isClosed)).toEqual([]);
      expect(stages.some(({ isWon }) => isWon)).toBe(true);
      for (const { stage, pipeline } of deals) {
        expect(stages.map(({ id }) => id)).toContain(stage?.id);
        expect(pipelines.map(({ id }) => id)).toContain(pipeline?.id);
      }
      const ownerIds = [...new Set(deals.flatMap(({ owner }) => owner?.id ?? []))];
      const owners = await provider.ownersById([...ownerIds, UNKNOWN_ID], scope);
      expect(idsOf(owners)).toEqual([...ownerIds, null]);
      const lifecycleStages = (await provider.lifecycleStages(scope)).map(({ id }) => id);
      for (const { lifecycleStage } of await someCustomers(provider, 100)) {
        if (lifecycleStage !== null) expect(lifecycleStages).toContain(lifecycleStage.id);
      }
    },
  },
  {
    id: 'CRM-LABEL-2',
    promise: 'lists its users, who go on after any of them and own records under the same ids',
    run: async (provider, scope) => {
      const owners = itemsOf(await provider.owners({ first: 100 }, scope));
      expect(owners.length).toBeGreaterThan(1);
      expect(await provider.ownersById(idsOf(owners).map(String), scope)).toEqual(owners);
      await expectToGoOnAfterAny((page) => provider.owners(page, scope));
    },
  },
  {
    id: 'CRM-ABORT-1',
    promise: 'fails at once with a coded error when the request’s deadline has passed',
    run: async (provider) => {
      const scope = { signal: AbortSignal.abort(), trace: createCallTrace() };
      await expect(provider.customersById([UNKNOWN_ID], ID_ONLY, scope)).rejects.toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
      });
    },
  },
];

/** Read in a scope of their own, so that a case counts its own calls only. */
async function someCustomers(
  provider: CrmProvider,
  first: number,
): Promise<[Customer, Customer, Customer, ...Customer[]]> {
  const items = itemsOf(
    await provider.customers(
      { page: { first }, counted: false },
      ALL_CUSTOMER_FIELDS,
      createScope(),
    ),
  );
  const [one, two, three, ...rest] = items;
  if (one === undefined || two === undefined || three === undefined)
    throw new Error('There should be three customers.');
  return [one, two, three, ...rest];
}

function itemsOf<Item extends Named | string>({ entries }: Page<Item>): Item[] {
  return entries.map(({ item }) => {
    if (item === null || item instanceof Error)
      throw new Error('Every entry should have an item.', { cause: item });
    return item;
  });
}

const idsOf = (found: FoundRecords<Named>) =>
  found.map((item) => (item instanceof Error ? item : (item?.id ?? null)));
const idOf = (item: Named | string) => (typeof item === 'string' ? item : item.id);

async function onePage(pages: Promise<readonly (Page<string> | Error)[]>): Promise<Page<string>> {
  const [page] = await pages;
  if (page === undefined || page instanceof Error)
    throw new Error('There should be a page.', { cause: page });
  return page;
}

type ReadPage = (page: {
  readonly first: number;
  readonly after?: string;
}) => Promise<Page<Named> | Page<string>>;

async function everyPage(read: ReadPage): Promise<string[]> {
  const ids: string[] = [];
  let page = await read({ first: 100 });
  for (;;) {
    ids.push(...itemsOf<Named | string>(page).map(idOf));
    const after = page.entries.at(-1)?.position;
    if (!page.hasNextPage || after === undefined) return ids;
    page = await read({ first: 100, after });
  }
}

async function expectToGoOnAfterAny(read: ReadPage): Promise<void> {
  const ids = await everyPage(read);
  const { entries } = await read({ first: 7 });
  expect(entries.length).toBeGreaterThan(2);
  for (const [index, { position }] of entries.entries()) {
    const next = await read({ first: 3, after: position });
    const following = ids.slice(index + 1, index + 4);
    expect(itemsOf<Named | string>(next).map(idOf)).toEqual(following);
    expect(next.hasNextPage).toBe(index + 4 < ids.length);
  }
}
