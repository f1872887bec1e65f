import type { WrittenChange } from '../../../../events/cache-invalidation.ts';
import { ANY_FIELD, type ListTag } from '../../../../request/cache-tags.ts';
import { listAt, propertyOf, TagCollector } from '../../../../upstream/tag-collector.ts';
import type { ResponseTags } from '../../../../upstream/upstream-policy.ts';
import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { CachedType } from '../../domain.ts';

/** By Stripe's object names: the graph's types that have events (https://docs.stripe.com/api/events/types). Prices have none. */
const TYPES: ReadonlyMap<unknown, CachedType> = new Map([
  ['customer', 'BillingAccount'],
  ['payment_intent', 'Payment'],
  ['payment_method', 'PaymentMethod'],
  ['refund', 'Refund'],
  ['checkout.session', 'CheckoutSession'],
  ['invoice', 'Invoice'],
  ['subscription', 'RecurringPlan'],
]);

/** The types by the first segment of a path. */
const RESOURCES: ReadonlyMap<string, CachedType> = new Map([
  ['customers', 'BillingAccount'],
  ['payment_intents', 'Payment'],
  ['disputes', 'Payment'],
  ['refunds', 'Refund'],
  ['checkout', 'CheckoutSession'],
  ['invoices', 'Invoice'],
  ['subscriptions', 'RecurringPlan'],
  ['subscription_items', 'RecurringPlan'],
]);

/** The records that the response to a read depends on, including expanded ones. */
export function tagsOf({ path, params = {}, query = {} }: AnyRequest): ResponseTags | undefined {
  const [, , resource = '', ...below] = path.split('/');
  const type = RESOURCES.get(resource);
  if (type === undefined) return undefined;
  const { id } = params;
  const lists = id === undefined ? listsOf(type, resource, below[0], query) : [];
  if (below[1] === 'payment_methods' && id !== undefined)
    lists.push({ type: 'PaymentMethod', of: [{ type, id }], dependsOn: [ANY_FIELD] });
  const read = (body: unknown) => {
    const collector = new TagCollector();
    if (id !== undefined) collector.record(type, id);
    for (const [name, parent] of PARENTS)
      // An account's records have their own events; for the others, the parent itself changes.
      if (parent !== 'BillingAccount') collector.record(parent, query[name]);
    for (const list of lists) collector.list(list);
    collectObjects(body, collector);
    return collector.tags;
  };
  const isExpanded = listAt(query, 'expand[]').length > 0;
  const lagMs = Math.max(0, ...lists.map((list) => list.lagMs ?? 0));
  return { types: isExpanded ? ALL_TYPES : [type, ...(NAMED[resource] ?? [])], lagMs, read };
}

const ALL_TYPES = [...TYPES.values()];

/** Other types in responses without expansions. */
const NAMED: Readonly<Record<string, readonly CachedType[]>> = {
  customers: ['PaymentMethod'],
  refunds: ['Payment'],
  checkout: ['Payment'],
};

/** Types by the names of query and form parameters that contain their ids. */
const PARENTS: readonly (readonly [string, CachedType])[] = [
  ['payment_intent', 'Payment'],
  ['subscription', 'RecurringPlan'],
  ['customer', 'BillingAccount'],
];

function listsOf(
  type: CachedType,
  resource: string,
  action: string | undefined,
  query: NonNullable<AnyRequest['query']>,
): ListTag[] {
  // They depend on their payment or plan; neither has its own events.
  if (resource === 'disputes' || resource === 'subscription_items') return [];
  if (action === 'search') return [{ type, dependsOn: ['email'], lagMs: SEARCH_LAG_MS }];
  if (query['email'] !== undefined) return [{ type, dependsOn: ['email'] }];
  const of = PARENTS.flatMap(([name, parent]) => {
    const id = query[name];
    return typeof id === 'string' ? [{ type: parent, id }] : [];
  }).slice(-1);
  const isFiltered = query['status'] !== undefined && query['status'] !== 'all';
  return [{ type, ...(of.length > 0 && { of }), ...(isFiltered && { dependsOn: [ANY_FIELD] }) }];
}

/** The type that this graph searches. */
const SEARCHED: CachedType = 'BillingAccount';

/** https://docs.stripe.com/search#data-freshness: under a minute. */
export const SEARCH_LAG_MS = 60_000;

/** Collects all objects; each one contains its type. */
function collectObjects(value: unknown, collector: TagCollector, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value) collectObjects(item, collector, depth + 1);
    return;
  }
  const name = propertyOf(value, 'object');
  const type = TYPES.get(name);
  if (type !== undefined) collector.record(type, propertyOf(value, 'id'));
  // Events report charges, disputes and refunds as changes of their payment.
  if (name !== 'invoice') collector.record('Payment', propertyOf(value, 'payment_intent'));
  for (const inner of Object.values(value)) collectObjects(inner, collector, depth + 1);
}

const MAX_DEPTH = 12;

/** The records that a write changes. Its other effects, such as a changed balance, have their own events. */
export function changesOf(
  { method, path, params = {}, form = {} }: AnyRequest,
  body: unknown,
): readonly WrittenChange[] | undefined {
  const [, , resource = '', ...below] = path.split('/');
  // Not a record of the graph: a plan contains the names of its products.
  if (resource === 'products') return [];
  const type = RESOURCES.get(resource);
  if (type === undefined) return undefined;
  const account = textOf(form['customer'] ?? propertyOf(body, 'customer'));
  const payment = textOf(form['payment_intent'] ?? propertyOf(body, 'payment_intent'));
  const accounts = account === '' ? [] : [{ type: 'BillingAccount', id: account }];
  const payments = payment === '' ? [] : [{ type: 'Payment', id: payment }];
  const isCreated = params['id'] === undefined;
  const own: WrittenChange = {
    type,
    id: textOf(params['id'] ?? propertyOf(body, 'id')),
    kind: isCreated
      ? 'CREATED'
      : method === 'DELETE' && resource === 'invoices'
        ? 'DELETED'
        : 'UPDATED',
    related: [...accounts, ...payments],
    changed: [ANY_FIELD],
    ...(type === SEARCHED && { searchLagMs: SEARCH_LAG_MS }),
  };
  const touched = [...accounts, ...payments].map((record) => ({
    ...record,
    kind: 'UPDATED' as const,
    related: accounts,
    changed: [],
  }));
  const charged = (below.length === 0 ? CHARGING : []).map((made) => ({
    type: made,
    id: '',
    kind: 'CREATED' as const,
    related: accounts,
    changed: [ANY_FIELD],
  }));
  return [own, ...touched, ...(resource === 'subscriptions' ? charged : [])];
}

/** Records that a new plan creates at once: https://docs.stripe.com/billing/subscriptions/overview */
const CHARGING = ['Invoice', 'Payment'];

const textOf = (id: unknown) => (typeof id === 'string' ? id : '');
