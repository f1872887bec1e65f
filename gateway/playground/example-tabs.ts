import type { GraphiQLProps } from 'graphiql';
import billingAccount from '../../examples/operations/billing-account.graphql';
import companyPeople from '../../examples/operations/company-people.graphql';
import createCustomer from '../../examples/operations/create-customer.graphql';
import customerByEmail from '../../examples/operations/customer-by-email.graphql';
import customerSearch from '../../examples/operations/customer-search.graphql';
import customers from '../../examples/operations/customers.graphql';
import dealsBoard from '../../examples/operations/deals-board.graphql';
import openInvoices from '../../examples/operations/open-invoices.graphql';
import paymentChanges from '../../examples/operations/payment-changes.graphql';
import paymentOrigin from '../../examples/operations/payment-origin.graphql';
import places from '../../examples/operations/places.graphql';
import travel from '../../examples/operations/travel.graphql';
import variables from '../../examples/operations/variables.json';

const tab = (query: string, values?: object) => ({
  query,
  variables: values ? JSON.stringify(values, null, 2) : null,
});

/** The open tabs of a first visit, the best example first. */
export const exampleTabs: NonNullable<GraphiQLProps['defaultTabs']> = [
  tab(customers),
  tab(customerByEmail, variables.CustomerByEmail),
  tab(createCustomer, variables.CreateCustomer),
  tab(paymentChanges),
  tab(paymentOrigin, variables.PaymentOrigin),
  tab(companyPeople, variables.CompanyPeople),
  tab(dealsBoard, variables.DealsBoard),
  tab(customerSearch, variables.CustomerSearch),
  tab(openInvoices, variables.OpenInvoices),
  tab(billingAccount, variables.BillingAccount),
  tab(places, variables.Places),
  tab(travel, variables.Travel),
];
