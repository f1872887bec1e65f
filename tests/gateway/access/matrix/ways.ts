/**
 * From the root to the objects of each type: `*` stands for all fields of the type that are protected. A type that is protected, and
 * that neither has a way nor lies on one, is found by the test that nothing is forgotten.
 */
export const WAYS: Readonly<Record<string, readonly string[]>> = {
  Query: ['*'],
  Customer: [
    'customer(id: $customer) { * }',
    'customerByEmail(email: $email) { * }',
    'customers(first: 2, search: $name) { nodes { * } }',
    'company(id: $company) { customers(first: 2) { edges { node { * } } } }',
    'companies(first: 2) { nodes { customers(first: 1) { nodes { * } } } }',
    'deal(id: $deal) { customers(first: 2) { nodes { * } } }',
    'customer(id: $customer) { deals(first: 2) { nodes { customers(first: 1) { nodes { * } } } } }',
    'payment(id: $payment) { customer { * } }',
    'invoice(id: $invoice) { billingAccount { customer { * } } }',
  ],
  Owner: [
    'deal(id: $deal) { owner { * } }',
    'deals(first: 3) { edges { node { owner { * } } } }',
    'customer(id: $customer) { company { deals(first: 2) { nodes { owner { * } } } } }',
  ],
  BillingAccount: [
    'billingAccount(id: $account) { * }',
    'customer(id: $customer) { billingAccounts { * } }',
    'payment(id: $payment) { billingAccount { * } }',
    'invoices(first: 2) { nodes { billingAccount { * } } }',
    'recurringPlan(id: $plan) { billingAccount { * } }',
  ],
  Payment: [
    'payment(id: $payment) { * }',
    'payments(first: 18) { nodes { * } }',
    'customer(id: $customer) { payments(first: 2) { edges { node { * } } } }',
    'company(id: $company) { customers(first: 1) { nodes { payments(first: 2) { nodes { * } } } } }',
    'billingAccount(id: $account) { payments(first: 2) { nodes { * } } }',
    'payment(id: "pi_3cNw4XLKALk2026ZxjNi5cZB") { * }',
  ],
  Dispute: [
    // One of the sandbox's disputed payments, which are the same each time.
    'payment(id: "pi_3cNw4XLKALk2026ZxjNi5cZB") { dispute { * } }',
    'billingAccount(id: $account) { payments(first: 2) { nodes { dispute { * } } } }',
  ],
  PaymentMethod: [
    'payment(id: $payment) { method { * } }',
    'customer(id: $customer) { paymentMethods(first: 2) { nodes { * } } }',
    'billingAccount(id: $account) { paymentMethods(first: 2) { edges { node { * } } } }',
  ],
  Refund: [
    'payment(id: $payment) { refunds(first: 2) { nodes { * } } }',
    'payment(id: $payment) { customer { payments(first: 2) { nodes { refunds(first: 2) { nodes { * } } } } } }',
    'payment(id: $payment) { refunds(first: 2) { edges { node { * } } } }',
  ],
  Invoice: [
    'invoice(id: $invoice) { * }',
    'invoices(first: 2) { edges { node { * } } }',
    'customer(id: $customer) { invoices(first: 2) { nodes { * } } }',
    'billingAccount(id: $account) { invoices(first: 2) { nodes { * } } }',
  ],
  InvoiceLine: [
    'invoice(id: $invoice) { lines(first: 2) { nodes { * } } }',
    'invoices(first: 2) { nodes { lines(first: 2) { edges { node { * } } } } }',
  ],
  RecurringPlan: [
    'recurringPlan(id: $plan) { * }',
    'invoice(id: $invoice) { recurringPlan { * } }',
    'customer(id: $customer) { recurringPlans(first: 2) { nodes { * } } }',
    'billingAccount(id: $account) { recurringPlans(first: 2) { edges { node { * } } } }',
    // One whose collection of payments is paused.
    'recurringPlan(id: "sub_1E0OF6LKALk2026Z42XnvZ7l") { * }',
  ],
};

/** The same through what has been changed, which can be changed again for the next caller. */
export const WAYS_OF_CHANGES: Readonly<Record<string, readonly string[]>> = {
  // Of records that are not there: what may be asked reaches the vendor, and nothing changes.
  Mutation: ['*'],
  Customer: [
    'createCustomer(input: { lastName: "New" }) { customer { * } }',
    'updateCustomer(input: { id: $customer, jobTitle: "x" }) { customer { * } }',
  ],
  Owner: [
    'createDeal(input: { title: "x", ownerId: $owner }) { deal { owner { * } } }',
    'updateDeal(input: { id: $deal, title: "x" }) { deal { owner { * } } }',
  ],
  BillingAccount: [
    'createBillingAccount(input: { name: "New", email: "new@example.com" }) { billingAccount { * } }',
    'createInvoice(input: { billingAccountId: $account, dueOn: "2026-04-01", lines: [$line] }) { invoice { billingAccount { * } } }',
  ],
  CheckoutSession: [
    'createCheckoutSession(input: { billingAccountId: $account, successUrl: "https://a.example", lines: [$line] }) { checkoutSession { * } }',
  ],
  Payment: ['refundPayment(input: { paymentId: $paid, amount: $little }) { payment { * } }'],
  Refund: ['refundPayment(input: { paymentId: $paid, amount: $little }) { refund { * } }'],
  Invoice: [
    'createInvoice(input: { billingAccountId: $account, dueOn: "2026-04-01", lines: [$line] }) { invoice { * } }',
  ],
  InvoiceLine: [
    'createInvoice(input: { billingAccountId: $account, dueOn: "2026-04-01", lines: [$line] }) { invoice { lines { nodes { * } } } }',
  ],
  RecurringPlan: [
    'createRecurringPlan(input: { billingAccountId: $account, items: [$item] }) { recurringPlan { * } }',
  ],
};

/** From the payload of a subscription to the objects of each type. */
export const WAYS_OF_SUBSCRIPTIONS: Readonly<Record<string, readonly string[]>> = {
  PaymentChange: ['paymentChanged { * }'],
  InvoiceChange: ['invoiceChanged { * }'],
  RecurringPlanChange: ['recurringPlanChanged { * }'],
  CheckoutSessionChange: ['checkoutSessionChanged { * }'],
  BillingAccountChange: ['billingAccountChanged { * }'],
  Customer: [
    'customerChanged { customer { * } }',
    'companyChanged { company { customers(first: 2) { nodes { * } } } }',
    'dealChanged { deal { customers(first: 2) { edges { node { * } } } } }',
    'paymentChanged { payment { customer { * } } }',
    'billingAccountChanged { billingAccount { customer { * } } }',
  ],
  Owner: ['dealChanged { deal { owner { * } } }'],
  BillingAccount: [
    'billingAccountChanged { billingAccount { * } }',
    'customerChanged { customer { billingAccounts { * } } }',
  ],
  Payment: [
    'paymentChanged { payment { * } }',
    'companyChanged { company { customers(first: 2) { nodes { payments(first: 2) { nodes { * } } } } } }',
  ],
  Refund: ['paymentChanged { payment { refunds(first: 2) { nodes { * } } } }'],
  Invoice: [
    'invoiceChanged { invoice { * } }',
    'customerChanged { customer { invoices(first: 2) { nodes { * } } } }',
  ],
  InvoiceLine: ['invoiceChanged { invoice { lines(first: 2) { nodes { * } } } }'],
  RecurringPlan: ['recurringPlanChanged { recurringPlan { * } }'],
  CheckoutSession: ['checkoutSessionChanged { checkoutSession { * } }'],
};

/** What fields of the root types need to be asked for. */
export const ARGUMENTS: Readonly<Record<string, string>> = {
  'Query.customerByEmail': '(email: $email)',
  'Query.customers': '(first: 2, search: $name)',
  'Query.payment': '(id: $payment)',
  'Query.payments': '(first: 2)',
  'Query.invoice': '(id: $invoice)',
  'Query.invoices': '(first: 2)',
  'Query.billingAccount': '(id: $account)',
  'Query.recurringPlan': '(id: $plan)',
  'Mutation.createCustomer': '(input: { lastName: "New", companyId: "404" })',
  'Mutation.updateCustomer': '(input: { id: "404", lastName: "x" })',
  'Mutation.createCompany': '(input: { name: "New" })',
  'Mutation.updateCompany': '(input: { id: "404", name: "x" })',
  'Mutation.createDeal': '(input: { title: "x", companyId: "404" })',
  'Mutation.updateDeal': '(input: { id: "404", title: "x" })',
  'Mutation.createCheckoutSession':
    '(input: { billingAccountId: "cus_404", successUrl: "https://a.example", lines: [$line] })',
  'Mutation.createInvoice':
    '(input: { billingAccountId: "cus_404", dueOn: "2026-04-01", lines: [$line] })',
  'Mutation.sendInvoice': '(input: { invoiceId: "in_404" })',
  'Mutation.voidInvoice': '(input: { invoiceId: "in_404" })',
  'Mutation.refundPayment': '(input: { paymentId: "pi_404" })',
  'Mutation.createBillingAccount': '(input: { name: "New" })',
  'Mutation.createRecurringPlan': '(input: { billingAccountId: "cus_404", items: [$item] })',
  'Mutation.cancelRecurringPlan': '(input: { recurringPlanId: "sub_404" })',
};

export const VARIABLE_TYPES: Readonly<Record<string, string>> = {
  customer: 'ID!',
  email: 'String!',
  name: 'String!',
  company: 'ID!',
  deal: 'ID!',
  owner: 'ID!',
  payment: 'ID!',
  paid: 'ID!',
  invoice: 'ID!',
  account: 'ID!',
  plan: 'ID!',
  line: 'ChargeLineInput!',
  item: 'RecurringPlanItemInput!',
  little: 'MoneyInput!',
  of: '[_Any!]!',
};
