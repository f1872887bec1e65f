import type { Random } from '../../../sandbox/world/random.ts';
import type { Records } from './records.ts';

/** A query with variables, whose response is compared after each change. */
export interface ComparedQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const ACCOUNT = 'id name email phone isDelinquent source balances { amount currency }';
const PAYMENT = `id status description amount { amount } receivedAmount { amount } refundedAmount { amount }
  isDisputed dispute { id status } method { id card { last4 expYear } } failure { code }`;
const INVOICE = `id number status costCentre total { amount } amountPaid { amount } amountRemaining { amount }
  lines(first: 5) { nodes { id description amount { amount } } }`;
const PLAN =
  'id status isTrial cancelsAt cancelsAtPeriodEnd isCollectionPaused items { id quantity unitAmount { amount currency } }';
const PEOPLE =
  'id firstName name email jobTitle tier points lifecycleStage { id } address { city } updatedAt';
const FIRM = 'id name domain industry vatNumber address { city } updatedAt';
const DEAL = 'id title amount { amount } stage { id } pipeline { id } owner { id } updatedAt';

/** By the kind of record whose id is the variable. */
const OF_ONE: readonly (readonly [keyof Records, string])[] = [
  ['contacts', `query ($id: ID!) { customer(id: $id) { ${PEOPLE} company { ${FIRM} } } }`],
  ['contacts', `query ($id: ID!) { customer(id: $id) { deals(first: 5) { nodes { ${DEAL} } } } }`],
  ['contacts', `query ($id: ID!) { customer(id: $id) { billingAccounts { ${ACCOUNT} } } }`],
  [
    'contacts',
    `query ($id: ID!) { customer(id: $id) { payments(first: 4) { nodes { ${PAYMENT} } } } }`,
  ],
  [
    'contacts',
    `query ($id: ID!) { customer(id: $id) {
      invoices(first: 4) { nodes { id status recurringPlan { id status } } } recurringPlans(first: 4) { nodes { ${PLAN} } }
    } }`,
  ],
  [
    'contacts',
    `query ($id: ID!) { customer(id: $id) {
      paymentMethods(first: 5) { nodes { id card { last4 expYear } } } outstanding { amount currency } balances { amount }
    } }`,
  ],
  ['contacts', 'query ($id: ID!) { customer(id: $id) { company { __typename } } }'],
  ['contacts', 'query ($id: ID!) { customer(id: $id) { payments(first: 2) { nodes { id } } } }'],
  ['companies', `query ($id: ID!) { company(id: $id) { ${FIRM} } }`],
  [
    'companies',
    `query ($id: ID!) { company(id: $id) {
      customers(first: 5) { nodes { ${PEOPLE} } pageInfo { hasNextPage } } deals(first: 5) { nodes { id title } }
    } }`,
  ],
  [
    'companies',
    'query ($id: ID!) { customers(first: 5, filter: { companyId: $id }) { nodes { id } totalCount } }',
  ],
  [
    'deals',
    `query ($id: ID!) { deal(id: $id) { ${DEAL} company { id name } customers(first: 5) { nodes { id name } } } }`,
  ],
  [
    'accounts',
    `query ($id: ID!) { billingAccount(id: $id) { ${ACCOUNT} outstanding { amount } customer { id name } } }`,
  ],
  [
    'accounts',
    `query ($id: ID!) { billingAccount(id: $id) {
      payments(first: 3) { nodes { ${PAYMENT} refunds(first: 3) { nodes { id status amount { amount } } } } }
    } }`,
  ],
  [
    'accounts',
    `query ($id: ID!) { billingAccount(id: $id) {
      invoices(first: 3) { nodes { ${INVOICE} } } recurringPlans(first: 3) { nodes { ${PLAN} } }
      paymentMethods(first: 3) { nodes { id card { expYear } } }
    } }`,
  ],
  [
    'accounts',
    'query ($id: ID!) { payments(first: 5, filter: { billingAccountId: $id }) { nodes { id status billingAccount { name } } } }',
  ],
  [
    'payments',
    `query ($id: ID!) { payment(id: $id) {
      ${PAYMENT} customer { id name } billingAccount { name } refunds(first: 5) { nodes { id status } }
    } }`,
  ],
  ['payments', 'query ($id: ID!) { payment(id: $id) { customer { __typename } } }'],
  [
    'invoices',
    `query ($id: ID!) { invoice(id: $id) { ${INVOICE} recurringPlan { ${PLAN} } customer { name } billingAccount { email } } }`,
  ],
  ['invoices', 'query ($id: ID!) { invoice(id: $id) { __typename } }'],
  ['plans', `query ($id: ID!) { recurringPlan(id: $id) { ${PLAN} billingAccount { name } } }`],
  [
    'plans',
    'query ($id: ID!) { invoices(first: 5, filter: { recurringPlanId: $id }) { nodes { id status } } }',
  ],
];

const OF_ALL: readonly string[] = [
  `{ customers(first: 4) { nodes { ${PEOPLE} } pageInfo { endCursor } } }`,
  `{ customers(first: 4, sort: { field: UPDATED_AT, direction: DESCENDING }) { totalCount nodes { id name } } }`,
  '{ customers(first: 3) { nodes { id name company { name } payments(first: 2) { nodes { id status } } } } }',
  '{ customers(first: 3, search: "renamed") { nodes { id name } totalCount } }',
  '{ customers(first: 4, filter: { lifecycleStageId: "lead" }) { nodes { id } totalCount } }',
  '{ customers(first: 4, filter: { tier: GOLD }) { nodes { id tier } totalCount } }',
  `{ companies(first: 4) { nodes { ${FIRM} } } }`,
  '{ companies(first: 4, filter: { industry: "COMPUTER_SOFTWARE" }) { nodes { id industry } totalCount } }',
  `{ deals(first: 4) { nodes { ${DEAL} company { name } } } }`,
  '{ deals(first: 4, filter: { stageId: "closedwon" }) { totalCount nodes { id } } }',
  '{ payments(first: 4) { nodes { id status refundedAmount { amount } billingAccount { email } } } }',
  '{ payments(first: 4) { nodes { customer { name } } } }',
  '{ invoices(first: 4) { nodes { id status amountRemaining { amount } } pageInfo { hasNextPage } } }',
  '{ invoices(first: 4, filter: { status: OPEN }) { nodes { id status } } }',
  '{ invoices(first: 4, filter: { status: DRAFT }) { nodes { id } } }',
];

const BY_EMAIL = `query ($email: String!) { customerByEmail(email: $email) { ${PEOPLE} billingAccounts { id email } } }`;

/** All queries, each with the id of one of the records. */
export function chooseQueries(records: Records, random: Random): readonly ComparedQuery[] {
  const some = <Item>(items: readonly Item[]) =>
    items[random.integer(0, Math.max(0, items.length - 1))];
  const [email] = records.emails;
  return [
    ...OF_ONE.flatMap(([kind, query]) => {
      const id = some(records[kind]);
      return id === undefined ? [] : [{ query, variables: { id } }];
    }),
    ...OF_ALL.map((query) => ({ query, variables: {} })),
    ...(email === undefined ? [] : [{ query: BY_EMAIL, variables: { email } }]),
  ];
}
