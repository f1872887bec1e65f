import { defineSubgraph } from '../module.ts';
import { IdempotentWriter } from '../writes/idempotent-writes.ts';
import { CRM_CALLS, OBJECT_CALLS } from './calls.ts';
import { CRM_CHANGES } from './changes.ts';
import { crmDependencies } from './dependencies.ts';
import { createCrmContext } from './context.ts';
import { CACHED_TYPES, KINDS } from './domain.ts';
import { crmResolvers } from './resolvers.ts';
import { CRM } from './service.ts';
import { crmSettings } from './settings.ts';
import { CRM_VENDORS } from './vendors.ts';

/** People, companies and deals. */
export const crm = defineSubgraph({
  service: CRM,
  port: 4001,
  ownType: 'LifecycleStage',
  defaultVendor: 'hubspot',
  vendors: CRM_VENDORS,
  settings: crmSettings,
  cachedTypes: CACHED_TYPES,
  extensible: {
    types: {
      Customer: {
        scopes: [['personal:read']],
        filter: 'CustomerFilter',
        writes: ['CreateCustomerInput', 'UpdateCustomerInput'],
      },
      Company: {
        filter: 'CompanyFilter',
        writes: ['CreateCompanyInput', 'UpdateCompanyInput'],
      },
      Deal: { filter: 'DealFilter', writes: ['CreateDealInput', 'UpdateDealInput'] },
    },
    references: ['Owner'],
    property: {
      pattern: /^[A-Za-z]\w{0,99}$/,
      description: "the internal name of the vendor's property",
      example: 'loyalty_tier',
    },
    objects: {
      type: {
        pattern: /^2-\d{1,15}$/,
        description: "the vendor's id of the type of records",
        example: '2-123456',
      },
      // The content of custom objects is unknown here: it may be personal data.
      scopes: [['personal:read']],
      calls: OBJECT_CALLS,
    },
  },
  calls: CRM_CALLS,
  changes: CRM_CHANGES,
  dependencies: ({ lifetimes }) => crmDependencies(lifetimes),
  warmUp: {
    query:
      '{ customers(first: 1) { edges { node { id name company { name } address { formatted } } } } }',
  },
  files: [],
  create: (provider, { sdl, resources }) => {
    const { searchDelaySeconds } = provider.capabilities;
    const idempotentWriter = new IdempotentWriter({
      service: CRM,
      keyValues: resources.state.keyValues,
      searchDelaySeconds,
    });
    return {
      serve: (customFields) => {
        const served = provider.withCustomFields(customFields);
        return {
          name: CRM.name,
          sdl,
          resolvers: crmResolvers,
          createContext: (request) => createCrmContext(served, idempotentWriter, request),
          properties: async (type, scope) => {
            const of = typeof type === 'string' ? KINDS[type] : type;
            return of === undefined ? [] : served.properties(of, scope);
          },
          objectTypes: (scope) => served.objectTypes(scope),
        };
      },
      close: () => provider.close(),
      ...(provider.events !== undefined && { events: provider.events }),
    };
  },
});
