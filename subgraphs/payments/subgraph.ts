import { defineSubgraph } from '../module.ts';
import { IdempotentWriter } from '../writes/idempotent-writes.ts';
import { PAYMENTS_CALLS } from './calls.ts';
import { PAYMENTS_CHANGES } from './changes.ts';
import { createPaymentsContext } from './context.ts';
import { PAYMENTS_DEPENDENCIES } from './dependencies.ts';
import { CACHED_TYPES } from './domain.ts';
import { paymentsResolvers } from './resolvers.ts';
import { PAYMENTS } from './service.ts';
import { paymentsSettings } from './settings.ts';
import { PAYMENTS_VENDORS } from './vendors.ts';

/** A caller that can write a record can read it. */
const READ_OR_WRITE = [['payments:read'], ['payments:write']];

/** Billing accounts, payments, invoices and recurring plans. */
export const payments = defineSubgraph({
  service: PAYMENTS,
  port: 4002,
  ownType: 'BillingAccount',
  defaultVendor: 'stripe',
  vendors: PAYMENTS_VENDORS,
  settings: paymentsSettings,
  cachedTypes: CACHED_TYPES,
  extensible: {
    types: {
      BillingAccount: {
        scopes: [['payments:read', 'personal:read']],
        writes: ['CreateBillingAccountInput'],
      },
      Payment: { scopes: READ_OR_WRITE },
      Invoice: { scopes: READ_OR_WRITE, writes: ['CreateInvoiceInput'] },
      RecurringPlan: { scopes: READ_OR_WRITE, writes: ['CreateRecurringPlanInput'] },
    },
    references: [],
    property: {
      // https://docs.stripe.com/metadata
      pattern: /^(?!tributary_)[^[\]\p{C}]{1,40}$/u,
      description:
        'a metadata key of 1 to 40 characters without square brackets, which must not begin with tributary_',
      example: 'signup_source',
    },
    maxWritable: 50,
  },
  calls: PAYMENTS_CALLS,
  changes: PAYMENTS_CHANGES,
  dependencies: () => PAYMENTS_DEPENDENCIES,
  warmUp: {
    query: `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Customer { payments(first: 1) { nodes { amount { amount currency } status createdAt } } } }
    }`,
    variables: {
      of: [
        {
          __typename: 'Customer',
          id: '1',
          billingLink: { reference: null, emails: ['nobody@example.com'] },
        },
      ],
    },
  },
  files: [],
  create: (provider, { sdl, resources }) => {
    const { keySeconds } = provider.capabilities;
    const writer = new IdempotentWriter({
      service: PAYMENTS,
      keyValues: resources.state.keyValues,
      keySeconds,
    });
    return {
      serve: (customFields) => {
        const served = provider.withCustomFields(customFields);
        return {
          name: PAYMENTS.name,
          sdl,
          resolvers: paymentsResolvers,
          createContext: (request) => createPaymentsContext(served, writer, request),
        };
      },
      close: () => provider.close(),
      ...(provider.events !== undefined && { events: provider.events }),
    };
  },
});
