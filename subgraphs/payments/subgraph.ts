import { defineSubgraph } from '../module.ts';
import { IdempotentWriter } from '../writes/idempotent-writes.ts';
import { PAYMENTS_CALLS } from './calls.ts';
import { createPaymentsContext } from './context.ts';
import { CACHED_TYPES } from './domain.ts';
import { paymentsResolvers } from './resolvers.ts';
import { PAYMENTS } from './service.ts';
import { paymentsSettings } from './settings.ts';
import { PAYMENTS_VENDORS } from './vendors.ts';

/** Billing accounts and what is paid, owed and subscribed to. */
export const payments = defineSubgraph({
  service: PAYMENTS,
  port: 4002,
  ownType: 'BillingAccount',
  defaultVendor: 'stripe',
  vendors: PAYMENTS_VENDORS,
  settings: paymentsSettings,
  cachedTypes: CACHED_TYPES,
  calls: PAYMENTS_CALLS,
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
      name: PAYMENTS.name,
      sdl,
      resolvers: paymentsResolvers,
      createContext: (request) => createPaymentsContext(provider, writer, request),
      close: () => provider.close(),
    };
  },
});
