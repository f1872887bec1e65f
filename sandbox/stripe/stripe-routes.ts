import { noSuch, unknownUrl } from './stripe-errors.ts';
import { expand, readExpansions } from './stripe-expand.ts';
import { type Params, valuesOf } from './stripe-form.ts';
import type { JsonObject, Kind, WireObject } from './stripe-json.ts';
import { answerList, refuseUnknown } from './stripe-lists.ts';
import { RESOURCES, SUBLISTS } from './stripe-resources.ts';
import type { Store } from './stripe-store.ts';

/** Answers a read; undefined where no such path exists. */
export function read(path: string, params: Params, store: Store): JsonObject {
  const [, version = '', collection = '', id, below, ...beyond] = path.split('/').map(decodeSegment);
  const resource = RESOURCES.find((one) => one.path === `/${version}/${collection}`);
  if (resource === undefined || beyond.length > 0) throw unknownUrl('GET', path);
  const { kind, filters, unless } = resource;
  if (id === undefined || id === '') {
    if (filters === undefined) throw unknownUrl('GET', path);
    const items = store.all(kind);
    const kept = unless === undefined || params[unless.param] !== undefined ? items : items.filter(unless.keeps);
    return answerList({ url: resource.path, kind, filters, items: kept }, params, store);
  }
  const owner = findOr404(kind, id, store);
  if (below === undefined) {
    refuseUnknown(params, ['expand']);
    return expand(owner, readExpansions(kind, valuesOf(params['expand'])), store);
  }
  const sublist = SUBLISTS.find((one) => one.owner === kind && one.name === below);
  if (sublist === undefined) throw unknownUrl('GET', path);
  return answerList({ ...sublist, url: `${resource.path}/${id}/${below}`, items: sublist.items(owner, store) }, params, store);
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
