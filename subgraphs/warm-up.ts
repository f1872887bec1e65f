import type { Service } from '../errors/coded-error.ts';
import type { WarmUpOperation } from '../http/warm-up.ts';

/** What a gateway is likely to ask each service first. */
export const WARM_UPS: Record<Service, WarmUpOperation> = {
  crm: { query: '{ customers(first: 1) { edges { node { id name company { name } address { formatted } } } } }' },
  payments: {
    query: `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Customer { payments(first: 1) { nodes { amount { amount currency } status createdAt } } } }
    }`,
    variables: { of: [{ __typename: 'Customer', id: '1', billingLink: { reference: null, email: 'nobody@example.com' } }] },
  },
  maps: {
    query: `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on PostalAddress { place { location { latitude longitude } } } }
    }`,
    variables: { of: [{ __typename: 'PostalAddress', formatted: '1 Main St' }] },
  },
};
