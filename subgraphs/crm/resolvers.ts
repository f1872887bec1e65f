import { CHANGE_FIELD, occurredAt } from '../change-resolvers.ts';
import { SCALARS } from '../scalars.ts';
import type { Resolvers } from './__generated__/resolvers.ts';

export const crmResolvers: Resolvers = {
  Query: {
    customer: (_root, { id }, { loaders }) => loaders.customerById.load(id),
    customerByEmail: (_root, { email }, { loaders }) => loaders.customerByEmail.load(email),
    customers: (_root, args, context) => context.customers(args),
    company: (_root, { id }, { loaders }) => loaders.companyById.load(id),
    companies: (_root, args, context) => context.companies(args),
    deal: (_root, { id }, { loaders }) => loaders.dealById.load(id),
    deals: (_root, args, context) => context.deals(args),
    pipelines: async (_root, _args, { loaders }) => [...(await loaders.pipelines())],
    lifecycleStages: async (_root, _args, { loaders }) => [...(await loaders.lifecycleStages())],
    owners: (_root, args, context) => context.owners(args),
  },
  Mutation: {
    createCustomer: (_root, { input }, { writes }) => writes.createCustomer(input),
    updateCustomer: (_root, { input }, { writes }) => writes.updateCustomer(input),
    createCompany: (_root, { input }, { writes }) => writes.createCompany(input),
    updateCompany: (_root, { input }, { writes }) => writes.updateCompany(input),
    createDeal: (_root, { input }, { writes }) => writes.createDeal(input),
    updateDeal: (_root, { input }, { writes }) => writes.updateDeal(input),
  },
  Subscription: {
    customerChanged: CHANGE_FIELD,
    companyChanged: CHANGE_FIELD,
    dealChanged: CHANGE_FIELD,
  },
  CustomerChange: {
    at: occurredAt,
    customer: ({ id, kind }, _args, { loaders }) =>
      kind === 'DELETED' ? null : loaders.customerById.load(id),
  },
  CompanyChange: {
    at: occurredAt,
    company: ({ id, kind }, _args, { loaders }) =>
      kind === 'DELETED' ? null : loaders.companyById.load(id),
  },
  DealChange: {
    at: occurredAt,
    deal: ({ id, kind }, _args, { loaders }) =>
      kind === 'DELETED' ? null : loaders.dealById.load(id),
  },
  // The written record is read again, to return its current state.
  CreateCustomerPayload: {
    customer: ({ id }, _args, { loaders }) => (id === null ? null : loaders.customerById.load(id)),
  },
  UpdateCustomerPayload: {
    customer: ({ id }, _args, { loaders }) => (id === null ? null : loaders.customerById.load(id)),
  },
  CreateCompanyPayload: {
    company: ({ id }, _args, { loaders }) => (id === null ? null : loaders.companyById.load(id)),
  },
  UpdateCompanyPayload: {
    company: ({ id }, _args, { loaders }) => (id === null ? null : loaders.companyById.load(id)),
  },
  CreateDealPayload: {
    deal: ({ id }, _args, { loaders }) => (id === null ? null : loaders.dealById.load(id)),
  },
  UpdateDealPayload: {
    deal: ({ id }, _args, { loaders }) => (id === null ? null : loaders.dealById.load(id)),
  },
  Customer: {
    __resolveReference: ({ id }, { loaders }) => loaders.customerById.load(id),
    company: ({ companyId }, _args, { loaders }) =>
      companyId === null ? null : loaders.companyById.load(companyId),
    deals: (customer, args, context) => context.dealsOfCustomer(customer, args),
  },
  Company: {
    __resolveReference: ({ id }, { loaders }) => loaders.companyById.load(id),
    customers: (company, args, context) => context.customersOfCompany(company, args),
    deals: (company, args, context) => context.dealsOfCompany(company, args),
  },
  Deal: {
    __resolveReference: ({ id }, { loaders }) => loaders.dealById.load(id),
    company: async ({ id }, _args, { loaders }) => {
      const companyId = await loaders.companyIdByDealId.load(id);
      return companyId === null ? null : loaders.companyById.load(companyId);
    },
    customers: (deal, args, context) => context.customersOfDeal(deal, args),
  },
  LifecycleStage: {
    label: async ({ id }, _args, { loaders }) =>
      (await loaders.lifecycleStageById.load(id))?.label ?? null,
  },
  DealStage: {
    label: async ({ id }, _args, { loaders }) => (await loaders.stageById.load(id))?.label ?? null,
    isWon: async ({ id }, _args, { loaders }) => (await loaders.stageById.load(id))?.isWon ?? null,
    isClosed: async ({ id }, _args, { loaders }) =>
      (await loaders.stageById.load(id))?.isClosed ?? null,
  },
  Pipeline: {
    label: async ({ id }, _args, { loaders }) =>
      (await loaders.pipelineById.load(id))?.label ?? null,
    stages: async ({ id }, _args, { loaders }) => {
      const pipeline = await loaders.pipelineById.load(id);
      return pipeline && [...pipeline.stages];
    },
  },
  Owner: {
    name: async ({ id }, _args, { loaders }) => (await loaders.ownerById.load(id))?.name ?? null,
    email: async ({ id }, _args, { loaders }) => (await loaders.ownerById.load(id))?.email ?? null,
  },
  // The processor's records belong to the payments subgraph; here, only the payer from their representation is known.
  Payment: {
    customer: ({ payer }, _args, context) => context.customerOfPayer(payer),
  },
  Invoice: {
    customer: ({ payer }, _args, context) => context.customerOfPayer(payer),
  },
  BillingAccount: {
    customer: ({ payer }, _args, context) => context.customerOfPayer(payer),
  },
  CountryCode: SCALARS.CountryCode,
  CurrencyCode: SCALARS.CurrencyCode,
  Date: SCALARS.Date,
  DateTime: SCALARS.DateTime,
  Decimal: SCALARS.Decimal,
};
