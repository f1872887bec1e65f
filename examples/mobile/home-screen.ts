import type { HomeScreenQuery } from './__generated__/graphql.ts';
import type { GraphQLResult, GraphQLResultError } from './fetch-persisted.ts';

/** The screen as lines of text: the data, then the failures. */
export function homeScreen({ data, errors = [] }: GraphQLResult<HomeScreenQuery>): string[] {
  const customers = data?.customers?.nodes ?? [];
  return [
    'Customers',
    '─'.repeat(60),
    ...customers.flatMap((customer) => (customer ? [card(customer), ''] : [])),
    ...missing(errors),
  ];
}

type Customer = NonNullable<NonNullable<HomeScreenQuery['customers']>['nodes'][number]>;

const card = (customer: Customer) =>
  [
    [customer.name ?? 'Without a name', customer.company?.name].filter(Boolean).join(', '),
    `  ${latestPayment(customer)}`,
    `  ${place(customer)}`,
  ].join('\n');

function latestPayment({ payments }: Customer): string {
  if (!payments) return 'payments unknown';
  const [latest] = payments.nodes;
  return latest
    ? `${latest.amount.amount} ${latest.amount.currency} ${latest.status.toLowerCase()}`
    : 'no payments yet';
}

function place({ address }: Customer): string {
  if (!address) return 'no address';
  const location = address.place?.location;
  return [
    address.city ?? 'somewhere',
    location && `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`,
  ]
    .filter(Boolean)
    .join(' at ');
}

/** One line per kind of failure: the same field of several customers fails for one reason. */
function missing(errors: readonly GraphQLResultError[]): string[] {
  const counts = new Map<string, number>();
  for (const { path = [], extensions } of errors) {
    const field = path.filter((step) => typeof step === 'string').join('.') || 'everything';
    const reason = `${field}: ${extensions?.code ?? 'UNKNOWN'}${extensions?.retryable ? ', try again later' : ''}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `Missing ${reason} (${String(count)})`);
}
