import { missingParameter, noSuch, unknownUrl } from './stripe-errors.ts';
import { expand, readExpansions } from './stripe-expand.ts';
import { type Params, textOf, valuesOf } from './stripe-form.ts';
import type { JsonObject, Kind, WireObject } from './stripe-json.ts';
import { answerList, refuseUnknown } from './stripe-lists.ts';
import { RESOURCES, SUBLISTS } from './stripe-resources.ts';
import { CUSTOMER_SEARCH_URL, searchCustomers, type SearchIndex } from './stripe-search.ts';
import type { Store } from './stripe-store.ts';

/** Answers a read. */
export function read(path: string, params: Params, store: Store, index: SearchIndex): JsonObject {
  if (path === ITEMS_URL) return listItems(params, store);
  if (path === CUSTOMER_SEARCH_URL) return searchCustomers(params, index, store);
  const resource = RESOURCES.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  if (resource === undefined) throw unknownUrl('GET', path);
  const url = resource.path;
  const [id = '', below, ...beyond] = path
    .slice(url.length + 1)
    .split('/')
    .map(decodeSegment);
  if (beyond.length > 0) throw unknownUrl('GET', path);
  if (id === '')
    return answerList({ ...resource, url, items: store.all(resource.kind) }, params, store);
  const owner = findOr404(resource.kind, id, store);
  if (below === undefined) {
    refuseUnknown(params, ['expand']);
    return expand(owner, readExpansions(resource.kind, valuesOf(params['expand'])), store);
  }
  const sublist = SUBLISTS.find((one) => one.owner === resource.kind && one.name === below);
  if (sublist === undefined) throw unknownUrl('GET', path);
  return answerList(
    { ...sublist, url: `${url}/${id}/${below}`, items: sublist.items(owner, store) },
    params,
    store,
  );
}

const ITEMS_URL = '/v1/subscription_items';

/** The one list that cannot do without a parameter: https://docs.stripe.com/api/subscription_items/list */
function listItems({ subscription, ...params }: Params, store: Store): JsonObject {
  if (subscription === undefined) throw missingParameter('subscription');
  const id = textOf(subscription, 'subscription');
  const owner = store.find('subscription', id);
  if (owner === undefined) throw noSuch('subscription', id, { param: 'subscription', status: 400 });
  const { data } = owner['items'] as { readonly data: readonly JsonObject[] }; // A list always.
  return answerList(
    { url: ITEMS_URL, kind: 'subscription_item', filters: {}, items: data },
    params,
    store,
  );
}

function findOr404(kind: Kind, id: string, store: Store): WireObject {
  const found = store.find(kind, id);
  if (found === undefined) throw noSuch(kind, id);
  return found;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // Broken percent-encoding names nothing that exists.
  }
}
