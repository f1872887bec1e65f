import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Company, Customer, Deal } from '../../subgraphs/crm/domain.ts';
import type { CrmProvider } from '../../subgraphs/crm/provider.ts';
import type { CrmWriteResult } from '../../subgraphs/crm/refusal.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { CrmProviderCase } from './crm-provider.ts';

const UNKNOWN_ID = '999999999999999';
const DAY_MS = 86_400_000;

const DEAL = { companyId: null, customerIds: [], stageId: null, pipelineId: null } as const;

/** Promises about writes; they add to the data of the other promises. */
export const CRM_PROVIDER_WRITE_CASES: readonly CrmProviderCase[] = [
  {
    id: 'CRM-CREATE-1',
    promise: 'creates a customer with all given fields',
    run: async (provider, scope) => {
      const companyId = await someCompany(provider, scope);
      const [stage] = await provider.lifecycleStages(scope);
      const address = {
        line1: '1 Main St',
        city: 'Ulm',
        region: 'BW',
        postalCode: '89073',
        country: 'Germany',
      };
      const customer = {
        firstName: 'Ada',
        lastName: 'New',
        email: someEmail(),
        phone: '+49 731 1',
        jobTitle: 'Owner',
      };
      const outcome = await provider.createCustomer(
        { ...customer, lifecycleStageId: stage?.id ?? '', address, companyId },
        randomUUID(),
        scope,
      );
      expect(await readCustomer(provider, outcome, scope)).toMatchObject({
        ...customer,
        address,
        companyId,
        lifecycleStage: { id: stage?.id },
      });
    },
  },
  {
    id: 'CRM-CREATE-2',
    promise:
      'creates one customer for an idempotency key if it supports keys, else refuses a second customer with the e-mail address',
    run: async (provider, scope) => {
      const [customer, key] = [{ email: someEmail(), lastName: 'Once' }, randomUUID()];
      const first = await provider.createCustomer(customer, key, scope);
      const again = await provider.createCustomer(customer, key, scope);
      expect(again.id).toBe(provider.capabilities.supportsIdempotencyKeys ? first.id : null);
      const another = await provider.createCustomer(customer, randomUUID(), scope);
      expect(reasonsOf(another)).toEqual([null, ['EMAIL_TAKEN', 'email']]);
    },
  },
  {
    id: 'CRM-CREATE-3',
    promise: 'creates a deal with its company and customers, with the exact amount and day',
    run: async (provider, scope) => {
      const companyId = await someCompany(provider, scope);
      const { id: customerId } = await provider.createCustomer(
        { lastName: 'Buyer' },
        randomUUID(),
        scope,
      );
      const amount = { amount: '1234567.89', currency: 'EUR' };
      const deal = {
        title: 'Contract case',
        amount,
        closesOn: '2026-05-01',
        companyId,
        customerIds: [customerId ?? ''],
      };
      const outcome = await provider.createDeal(deal, randomUUID(), scope);
      expect(await readDeal(provider, outcome, scope)).toMatchObject({
        title: 'Contract case',
        amount,
        closesOn: '2026-05-01',
      });
      expect(await provider.companyIdsOfDeals([outcome.id ?? ''], scope)).toEqual([companyId]);
      const [customers] = await provider.linkedIds(
        { from: 'deal', to: 'customer' },
        [{ id: outcome.id ?? '', page: { first: 5 } }],
        scope,
      );
      expect(customers).toMatchObject({ entries: [{ item: customerId }] });
    },
  },
  {
    id: 'CRM-CREATE-4',
    promise: 'creates one deal for an idempotency key if it supports keys, else one for each call',
    run: async (provider, scope) => {
      const [deal, key] = [{ ...DEAL, title: 'Twice' }, randomUUID()];
      const ids = [
        await provider.createDeal(deal, key, scope),
        await provider.createDeal(deal, key, scope),
      ].map(({ id }) => id);
      expect(new Set(ids).size).toBe(provider.capabilities.supportsIdempotencyKeys ? 1 : 2);
      expect(ids).not.toContain(null);
    },
  },
  {
    id: 'CRM-CREATE-5',
    promise: 'creates nothing that refers to unknown records',
    run: async (provider, scope) => {
      const create = async (links: object) =>
        reasonsOf(
          await provider.createDeal({ ...DEAL, title: 'Alone', ...links }, randomUUID(), scope),
        );
      const { id } = await provider.createCustomer({ lastName: 'Known' }, randomUUID(), scope);
      expect(await create({ companyId: UNKNOWN_ID })).toEqual([null, ['NOT_FOUND', 'companyId']]);
      expect(await create({ customerIds: [id, UNKNOWN_ID] })).toEqual([
        null,
        ['NOT_FOUND', 'customerIds.1'],
      ]);
      const customer = await provider.createCustomer(
        { lastName: 'Alone', companyId: UNKNOWN_ID },
        randomUUID(),
        scope,
      );
      expect(reasonsOf(customer)).toEqual([null, ['NOT_FOUND', 'companyId']]);
      expect(
        (
          await provider.deals(
            { page: { first: 1 }, search: 'Alone', counted: true },
            new Set(['id']),
            scope,
          )
        ).totalCount,
      ).toBe(0);
    },
  },
  {
    id: 'CRM-CREATE-6',
    promise: 'creates a company with all given fields, its address in two lines or one',
    run: async (provider, scope) => {
      const address = { line1: '1 Main St', line2: 'Flat 2', city: 'Ulm', country: 'Germany' };
      const company = {
        name: `Contract ${randomUUID()}`,
        domain: 'contract.example',
        industry: await someIndustry(provider, scope),
        phone: '+49 731 1',
      };
      const outcome = await provider.createCompany({ ...company, address }, randomUUID(), scope);
      const { address: read, ...created } = await readCompany(provider, outcome, scope);
      expect(created).toMatchObject(company);
      expect(read).toMatchObject(
        provider.capabilities.hasSecondAddressLine.company
          ? address
          : { ...address, line1: '1 Main St, Flat 2', line2: null },
      );
    },
  },
  {
    id: 'CRM-CREATE-7',
    promise:
      'creates one company for an idempotency key if it supports keys, else one for each call',
    run: async (provider, scope) => {
      const [company, key] = [{ name: 'Twice Ltd' }, randomUUID()];
      const ids = [
        await provider.createCompany(company, key, scope),
        await provider.createCompany(company, key, scope),
      ].map(({ id }) => id);
      expect(new Set(ids).size).toBe(provider.capabilities.supportsIdempotencyKeys ? 1 : 2);
      expect(ids).not.toContain(null);
    },
  },
  {
    id: 'CRM-REFUSE-1',
    promise: 'names the field whose value it refuses',
    run: async (provider, scope) => {
      const customer = (changes: object) =>
        partOf(provider.createCustomer({ lastName: 'Wrong', ...changes }, randomUUID(), scope));
      const deal = (changes: object) =>
        partOf(provider.createDeal({ ...DEAL, title: 'Wrong', ...changes }, randomUUID(), scope));
      expect(await customer({ email: 'a@b' })).toBe('email');
      expect(await customer({ lifecycleStageId: 'friend' })).toBe('lifecycleStageId');
      expect(
        await partOf(
          provider.createCompany({ name: 'Wrong', industry: 'dreams' }, randomUUID(), scope),
        ),
      ).toBe('industry');
      expect(await deal({ pipelineId: 'dreams' })).toBe('pipelineId');
      expect(await deal({ stageId: 'dreaming' })).toBe('stageId');
      expect(await deal({ ownerId: '1' })).toBe('ownerId');
    },
  },
  {
    id: 'CRM-FIND-1',
    promise:
      'finds a customer that was created since a time, by e-mail address or by all given fields',
    run: async (provider, scope) => {
      for (const customer of [
        { email: someEmail().toUpperCase() },
        { firstName: 'No', lastName: `Mail ${randomUUID()}` },
      ]) {
        expect(await provider.findCreatedCustomer(customer, new Date(), scope)).toBeNull();
        const outcome = await provider.createCustomer(customer, randomUUID(), scope);
        const { createdAt } = await readCustomer(provider, outcome, scope);
        expect(await provider.findCreatedCustomer(customer, new Date(createdAt), scope)).toEqual(
          outcome,
        );
      }
    },
  },
  {
    id: 'CRM-FIND-2',
    promise: 'reports that an e-mail address was already taken',
    run: async (provider, scope) => {
      const customer = { email: someEmail() };
      const { createdAt } = await readCustomer(
        provider,
        await provider.createCustomer(customer, randomUUID(), scope),
        scope,
      );
      const found = await provider.findCreatedCustomer(
        customer,
        new Date(Date.parse(createdAt) + DAY_MS),
        scope,
      );
      expect(found && reasonsOf(found)).toEqual([null, ['EMAIL_TAKEN', 'email']]);
    },
  },
  {
    id: 'CRM-FIND-3',
    promise: 'finds a deal that was created since a time with the given fields',
    run: async (provider, scope) => {
      const deal = {
        ...DEAL,
        title: `Find ${randomUUID()}`,
        amount: { amount: '10.50', currency: 'EUR' },
        closesOn: '2026-06-01',
      };
      const outcome = await provider.createDeal(deal, randomUUID(), scope);
      const startedAt = new Date((await readDeal(provider, outcome, scope)).createdAt);
      expect(await provider.findCreatedDeal(deal, startedAt, scope)).toEqual(outcome);
      expect(
        await provider.findCreatedDeal({ ...deal, closesOn: '2026-06-02' }, startedAt, scope),
      ).toBeNull();
      expect(
        await provider.findCreatedDeal(deal, new Date(startedAt.getTime() + DAY_MS), scope),
      ).toBeNull();
    },
  },
  {
    id: 'CRM-FIND-4',
    promise: 'finds a company that was created since a time, by its name or its domain',
    run: async (provider, scope) => {
      for (const company of [
        { name: `Find ${randomUUID()}`, phone: '+49 731 1' },
        { domain: `${randomUUID()}.EXAMPLE` },
      ]) {
        expect(await provider.findCreatedCompany(company, new Date(), scope)).toBeNull();
        const outcome = await provider.createCompany(company, randomUUID(), scope);
        const startedAt = new Date((await readCompany(provider, outcome, scope)).createdAt);
        expect(await provider.findCreatedCompany(company, startedAt, scope)).toEqual(outcome);
        expect(
          await provider.findCreatedCompany(
            { ...company, address: { city: 'Ulm' } },
            startedAt,
            scope,
          ),
        ).toBeNull();
      }
    },
  },
  {
    id: 'CRM-UPDATE-1',
    promise: 'updates given fields, clears null fields, keeps omitted fields',
    run: async (provider, scope) => {
      const address = { line1: '1 Main St', city: 'Ulm', country: 'Germany' };
      const { id } = await provider.createCustomer(
        { firstName: 'Ada', lastName: 'Old', jobTitle: 'Clerk', address },
        randomUUID(),
        scope,
      );
      const changes = {
        lastName: 'Newer',
        jobTitle: null,
        address: { city: 'Bern', country: 'Switzerland' },
      };
      expect(await provider.customerMatches(id ?? '', changes, scope)).toBe(false);
      const outcome = await provider.updateCustomer(id ?? '', changes, scope);
      expect(await readCustomer(provider, outcome, scope)).toMatchObject({
        id,
        name: 'Ada Newer',
        jobTitle: null,
        address: { line1: '1 Main St', city: 'Bern', countryCode: 'CH' },
      });
      expect(await provider.customerMatches(id ?? '', changes, scope)).toBe(true);
      const without = await readCustomer(
        provider,
        await provider.updateCustomer(id ?? '', { address: null }, scope),
        scope,
      );
      expect(without.address).toBeNull();
    },
  },
  {
    id: 'CRM-UPDATE-2',
    promise: 'moves a customer to another company, and to none',
    run: async (provider, scope) => {
      const companyId = await someCompany(provider, scope);
      const { id } = await provider.createCustomer({ lastName: 'Mover' }, randomUUID(), scope);
      for (const to of [companyId, null]) {
        const outcome = await provider.updateCustomer(
          id ?? '',
          { companyId: to, jobTitle: 'Moved' },
          scope,
        );
        expect(await readCustomer(provider, outcome, scope)).toMatchObject({
          companyId: to,
          jobTitle: 'Moved',
        });
        expect(await provider.customerMatches(id ?? '', { companyId: to }, scope)).toBe(true);
      }
      const nowhere = await provider.updateCustomer(
        id ?? '',
        { companyId: UNKNOWN_ID, jobTitle: 'Lost' },
        scope,
      );
      expect(reasonsOf(nowhere)).toEqual([null, ['NOT_FOUND', 'companyId']]);
      expect(await provider.customerMatches(id ?? '', { jobTitle: 'Moved' }, scope)).toBe(true);
    },
  },
  {
    id: 'CRM-UPDATE-3',
    promise: 'updates a deal',
    run: async (provider, scope) => {
      const { id } = await provider.createDeal(
        { ...DEAL, title: 'Before', amount: { amount: '5', currency: 'USD' } },
        randomUUID(),
        scope,
      );
      const changes = {
        title: 'After',
        amount: { amount: '7.25', currency: 'EUR' },
        closesOn: '2026-07-01',
      };
      const outcome = await provider.updateDeal(id ?? '', changes, scope);
      expect(await readDeal(provider, outcome, scope)).toMatchObject({ id, ...changes });
      expect(
        await provider.dealMatches(
          id ?? '',
          { ...changes, amount: { amount: '7.250', currency: 'EUR' } },
          scope,
        ),
      ).toBe(true);
      expect(
        (
          await readDeal(
            provider,
            await provider.updateDeal(id ?? '', { amount: null }, scope),
            scope,
          )
        ).amount,
      ).toBeNull();
    },
  },
  {
    id: 'CRM-UPDATE-5',
    promise: 'updates given fields of a company, clears null fields, keeps omitted fields',
    run: async (provider, scope) => {
      const { id } = await provider.createCompany(
        { name: 'Before', phone: '+49 731 1', address: { line1: '1 Main St', line2: 'Flat 2' } },
        randomUUID(),
        scope,
      );
      const changes = { name: 'After', phone: null };
      expect(await provider.companyMatches(id ?? '', changes, scope)).toBe(false);
      const outcome = await provider.updateCompany(id ?? '', changes, scope);
      expect(await readCompany(provider, outcome, scope)).toMatchObject({
        id,
        name: 'After',
        phone: null,
        address: { line1: expect.stringMatching(/^1 Main St/) },
      });
      expect(await provider.companyMatches(id ?? '', changes, scope)).toBe(true);
      const without = await provider.updateCompany(id ?? '', { address: null }, scope);
      expect((await readCompany(provider, without, scope)).address).toBeNull();
      expect(reasonsOf(await provider.updateCompany(UNKNOWN_ID, { name: 'X' }, scope))).toEqual([
        null,
        ['NOT_FOUND', 'id'],
      ]);
    },
  },
  {
    id: 'CRM-UPDATE-4',
    promise:
      'refuses to update an unknown record, and to use the e-mail address of another customer',
    run: async (provider, scope) => {
      for (const id of [UNKNOWN_ID, '9'.repeat(20)]) {
        expect(reasonsOf(await provider.updateCustomer(id, { lastName: 'X' }, scope))).toEqual([
          null,
          ['NOT_FOUND', 'id'],
        ]);
        expect(reasonsOf(await provider.updateDeal(id, { title: 'X' }, scope))).toEqual([
          null,
          ['NOT_FOUND', 'id'],
        ]);
      }
      const email = someEmail();
      await provider.createCustomer({ email }, randomUUID(), scope);
      const { id } = await provider.createCustomer({ lastName: 'Other' }, randomUUID(), scope);
      const outcome = await provider.updateCustomer(id ?? '', { email }, scope);
      expect(reasonsOf(outcome)).toEqual([null, ['EMAIL_TAKEN', 'email']]);
    },
  },
];

const someEmail = () => `${randomUUID()}@example.org`;

async function someCompany(provider: CrmProvider, scope: RequestScope): Promise<string> {
  const { entries } = await provider.companies(
    { page: { first: 1 }, counted: false },
    new Set(['id']),
    scope,
  );
  const company = entries[0]?.item;
  if (company == null || company instanceof Error) throw new Error('There should be a company.');
  return company.id;
}

/** One that the CRM knows. */
async function someIndustry(provider: CrmProvider, scope: RequestScope): Promise<string> {
  const { entries } = await provider.companies(
    { page: { first: 100 }, counted: false },
    new Set(['industry']),
    scope,
  );
  const industries = entries.flatMap(({ item }) =>
    item === null || item instanceof Error ? [] : (item.industry ?? []),
  );
  return industries[0] ?? '';
}

const reasonsOf = ({ id, refusals }: CrmWriteResult) => [
  id,
  ...refusals.map(({ reason, at }) => [reason, at?.join('.') ?? null]),
];

const partOf = async (write: Promise<CrmWriteResult>) => {
  const { refusals } = await write;
  expect(refusals).toMatchObject([{ reason: 'VALUE_REFUSED' }]);
  return refusals[0]?.at?.join('.');
};

const CUSTOMER_FIELDS = new Set([
  'name',
  'firstName',
  'lastName',
  'email',
  'phone',
  'jobTitle',
  'lifecycleStage',
  'address',
  'company',
]);

async function readCustomer(
  provider: CrmProvider,
  { id, refusals }: CrmWriteResult,
  scope: RequestScope,
): Promise<Customer> {
  expect(refusals).toEqual([]);
  const [customer] = await provider.customersById([id ?? ''], CUSTOMER_FIELDS, scope);
  if (customer == null || customer instanceof Error)
    throw new Error('The customer should be there.', { cause: customer });
  return customer;
}

async function readCompany(
  provider: CrmProvider,
  { id, refusals }: CrmWriteResult,
  scope: RequestScope,
): Promise<Company> {
  expect(refusals).toEqual([]);
  const [company] = await provider.companiesById(
    [id ?? ''],
    new Set(['name', 'domain', 'industry', 'phone', 'address']),
    scope,
  );
  if (company == null || company instanceof Error)
    throw new Error('The company should be there.', { cause: company });
  return company;
}

async function readDeal(
  provider: CrmProvider,
  { id, refusals }: CrmWriteResult,
  scope: RequestScope,
): Promise<Deal> {
  expect(refusals).toEqual([]);
  const [deal] = await provider.dealsById(
    [id ?? ''],
    new Set(['title', 'amount', 'closesOn', 'stage']),
    scope,
  );
  if (deal == null || deal instanceof Error)
    throw new Error('The deal should be there.', { cause: deal });
  return deal;
}
