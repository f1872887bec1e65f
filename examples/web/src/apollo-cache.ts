import type { TypePolicies } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/** A paginated list. Its arguments and `@connection(key: "…")` are part of its cache key. */
function list(...args: string[]): ReturnType<typeof relayStylePagination> {
  const { merge, ...policy } = relayStylePagination([...args, '@connection', ['key']]);
  return {
    ...policy,
    // A list is null if its vendor is down. That is not an empty list: cached rows stay.
    merge: (existing, incoming, options) =>
      incoming && typeof merge === 'function'
        ? merge(existing, incoming, options)
        : (existing ?? null),
  };
}

const valueObject = { merge: true };

/** Not normalized: its id is the id of the changed record. */
const change = { keyFields: false, merge: false } as const;

export const typePolicies: TypePolicies = {
  Query: {
    fields: {
      customers: list('search', 'filter', 'sort'),
      companies: list('search', 'filter', 'sort'),
      deals: list('search', 'filter', 'sort'),
      owners: list(),
      payments: list('filter'),
      invoices: list('filter'),
      places: list('text', 'near'),
    },
  },
  Customer: {
    fields: {
      deals: list(),
      payments: list(),
      invoices: list(),
      recurringPlans: list(),
      paymentMethods: list(),
    },
  },
  Company: { fields: { customers: list(), deals: list() } },
  Deal: { fields: { customers: list() } },
  BillingAccount: {
    fields: {
      payments: list(),
      invoices: list(),
      recurringPlans: list(),
      paymentMethods: list(),
    },
  },
  Payment: { fields: { refunds: list() } },
  Invoice: { fields: { lines: list() } },
  Capabilities: valueObject,
  CardSummary: valueObject,
  GeoPoint: valueObject,
  MapImage: valueObject,
  Money: valueObject,
  PaymentFailure: valueObject,
  PostalAddress: valueObject,
  Route: valueObject,
  TravelTime: valueObject,
  BillingAccountChange: change,
  CheckoutSessionChange: change,
  CompanyChange: change,
  CustomerChange: change,
  DealChange: change,
  InvoiceChange: change,
  PaymentChange: change,
  RecurringPlanChange: change,
};
