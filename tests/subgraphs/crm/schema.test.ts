import { describe, expect, it } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
} from 'graphql';
import type { Change } from '../../../events/change.ts';
import { crmResolvers as resolvers } from '../../../subgraphs/crm/resolvers.ts';
import {
  COMPANY_PROPERTIES,
  contactProperties,
  DEAL_PROPERTIES,
  toCompany,
  toCustomer,
  toDeal,
} from '../../../subgraphs/crm/providers/hubspot/hubspot-mapping.ts';
import { explainRefusal } from '../../../subgraphs/crm/user-errors.ts';
import { toConnection } from '../../../subgraphs/paging/connection.ts';
import { SCALARS } from '../../../subgraphs/scalars.ts';
import { toOutcome } from '../../../subgraphs/writes/user-errors.ts';
import { wireRecord } from './hubspot-mock.ts';
import { sdl } from './start-crm.ts';

const settings = { referenceProperty: 'stripe_id', defaultCurrency: 'USD' };
const address = {
  address: '1 Main St',
  address2: 'Flat 2',
  city: 'Ulm',
  state: 'BW',
  zip: '89073',
  country: 'Germany',
};
const customer = toCustomer(wireRecord(1, { ...address, lifecyclestage: 'lead' }), settings);
const deal = toDeal(
  wireRecord(1, { amount: '1', dealstage: 's', pipeline: 'p', hubspot_owner_id: '9' }),
  settings,
);
const connection = toConnection(
  'list',
  { first: 1 },
  { entries: [{ item: null, position: '' }], hasNextPage: false },
);
const outcome = toOutcome(
  { id: null, refusals: [{ reason: 'UNKNOWN', at: null }] },
  explainRefusal,
);
const payer = { reference: null, email: null };
const change: Pick<Change, 'id' | 'kind'> = { id: '1', kind: 'UPDATED' };

/** What the domain's objects hold, by the type they stand for. */
const OBJECTS: Readonly<Record<string, object | null | undefined>> = {
  Query: {},
  Mutation: {},
  Customer: customer,
  Company: toCompany(wireRecord(1)),
  Deal: deal,
  BillingLink: customer.billingLink,
  LifecycleStage: customer.lifecycleStage,
  DealStage: deal.stage,
  Pipeline: deal.pipeline,
  Owner: deal.owner,
  Money: deal.amount,
  PostalAddress: customer.address,
  PageInfo: connection.pageInfo,
  CustomerConnection: connection,
  CompanyConnection: connection,
  DealConnection: connection,
  CustomerEdge: connection.edges[0],
  CompanyEdge: connection.edges[0],
  DealEdge: connection.edges[0],
  OwnerConnection: connection,
  OwnerEdge: connection.edges[0],
  CreateCustomerPayload: outcome,
  UpdateCustomerPayload: outcome,
  CreateCompanyPayload: outcome,
  UpdateCompanyPayload: outcome,
  CreateDealPayload: outcome,
  UpdateDealPayload: outcome,
  CustomerChange: change,
  CompanyChange: change,
  DealChange: change,
  UserError: outcome.userErrors[0],
  // Representations of the payments subgraph's records.
  Payment: { id: 'pi_1', payer },
  Invoice: { id: 'in_1', payer },
  BillingAccount: { id: 'cus_1', payer },
  Payer: payer,
};

const types = Object.values(buildSubgraphSchema(parse(sdl)).getTypeMap()).filter(
  ({ name }) => !name.includes('_'),
);
const ours = types.filter(isObjectType);

describe('the schema', () => {
  it.each(ours.map((type) => [type.name, type] as const))(
    'has a value for every field of %s',
    (name, type) => {
      const object = OBJECTS[name] ?? {};
      const resolved: object = resolvers[name as keyof typeof resolvers] ?? {};
      const missing = Object.keys(type.getFields()).filter(
        (field) => !field.startsWith('_') && !(field in object) && !(field in resolved),
      );
      expect(missing).toEqual([]);
    },
  );

  it('has no resolver without a field', () => {
    const foreign = Object.entries(resolvers).flatMap(([name, fields]) => {
      const known = types.find((type) => type.name === name);
      if (isScalarType(known)) return [];
      const names = isObjectType(known) ? Object.keys(known.getFields()) : [];
      return Object.keys(fields).filter(
        (field) => field !== '__resolveReference' && !names.includes(field),
      );
    });
    expect(foreign).toEqual([]);
  });

  it('has every scalar of its own read and written as in the other subgraphs', () => {
    const scalars = types
      .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
      .map(({ name }) => name);
    expect(
      scalars.filter(
        (name) =>
          resolvers[name as keyof typeof resolvers] !== SCALARS[name as keyof typeof SCALARS],
      ),
    ).toEqual([]);
    expect(scalars.length).toBeGreaterThan(0);
  });

  it('accepts no enum value as input that means an unknown value of a CRM', () => {
    const inputs = types.flatMap((type) =>
      isInputObjectType(type)
        ? Object.values(type.getFields())
        : isObjectType(type)
          ? Object.values(type.getFields()).flatMap(({ args }) => args)
          : [],
    );
    const values = inputs.flatMap(({ type }) => {
      const named = getNamedType(type);
      return isEnumType(named) ? named.getValues().map(({ name }) => name) : [];
    });
    expect(values.length).toBeGreaterThan(0);
    expect(values).not.toContain('UNKNOWN');
  });

  it.each([
    ['Customer', contactProperties(settings), ['id', 'createdAt', 'updatedAt', 'deals']],
    ['Company', COMPANY_PROPERTIES, ['id', 'createdAt', 'updatedAt', 'customers', 'deals']],
    ['Deal', DEAL_PROPERTIES, ['id', 'createdAt', 'updatedAt', 'company', 'customers']],
  ])('lists for every field of %s the properties that it needs', (name, properties, without) => {
    const fields = Object.keys(ours.find((type) => type.name === name)?.getFields() ?? {});
    expect([...Object.keys(properties), ...without].sort()).toEqual(fields.sort());
  });
});
