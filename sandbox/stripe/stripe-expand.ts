import { notExpandable, tooDeep } from './stripe-errors.ts';
import { EXPANDABLE, type Expandable, type Part } from './stripe-expandable.ts';
import { type Json, type JsonObject, type Kind, textAt } from './stripe-json.ts';
import type { Store } from './stripe-store.ts';

/** A path to expand, from an object of the kind. */
export interface Expansion {
  readonly kind: Kind | Part;
  readonly segments: readonly string[];
}

/** https://docs.stripe.com/api/expanding_objects */
const DEEPEST = 4;

/** Refuses what cannot be expanded, whether or not there is anything to expand. */
export function readExpansions(kind: Kind, paths: readonly string[]): Expansion[] {
  return paths.map((path) => {
    const segments = path.split('.');
    if (segments.length > DEEPEST) throw tooDeep(path);
    check(kind, segments, path);
    return { kind, segments };
  });
}

/** The same for a list of the kind, where every path starts with `data`. */
export function readListExpansions(kind: Kind | Part, paths: readonly string[]): Expansion[] {
  return paths.map((path) => {
    const [first, ...segments] = path.split('.');
    if (segments.length >= DEEPEST) throw tooDeep(path);
    if (first !== 'data' || segments.length === 0)
      throw notExpandable(path, ` You may want to try expanding 'data.${path}' instead.`);
    check(kind, segments, path);
    return { kind, segments };
  });
}

/** The object as in a response, with the requested expansions. */
export function expand(
  object: JsonObject,
  expansions: readonly Expansion[],
  store: Store,
): JsonObject {
  return expansions.reduce(
    (result, { kind, segments }) => grow(result, kind, segments, store),
    present(object),
  );
}

function check(kind: Kind | Part, segments: readonly string[], whole: string): void {
  const { field, rest } = fieldAt(kind, segments);
  if (field === undefined) throw notExpandable(whole);
  if (field.how === 'empty' || rest.length === 0) return;
  if (field.to === null) throw notExpandable(whole);
  check(field.to, itemSegments(rest), whole);
}

function grow(
  object: JsonObject,
  kind: Kind | Part,
  segments: readonly string[],
  store: Store,
): JsonObject {
  const { path, field, rest } = fieldAt(kind, segments);
  if (field === undefined || field.how === 'empty') return object;
  return replaceAt(object, path, (value) => {
    const found = exchange(value, field, object, store);
    return rest.length === 0 || field.to === null
      ? found
      : growEach(found, field.to, itemSegments(rest), store);
  });
}

function growEach(value: Json, kind: Kind | Part, segments: readonly string[], store: Store): Json {
  if (!isObject(value)) return value;
  if (value['object'] !== 'list') return grow(value, kind, segments, store);
  const items = value['data'] as readonly JsonObject[]; // Lists hold objects only.
  return { ...value, data: items.map((item) => grow(item, kind, segments, store)) };
}

function exchange(
  value: Json | undefined,
  field: Exclude<Expandable, { how: 'empty' }>,
  owner: JsonObject,
  store: Store,
): Json {
  if (field.how === 'included') return value ?? field.value(owner, store);
  if (field.how === 'embedded' || typeof value !== 'string') return value ?? null;
  const found = store.find(field.to, value);
  return found === undefined ? value : present(found);
}

/** The longest expandable prefix of a path, and the rest of the path. */
function fieldAt(kind: Kind | Part, segments: readonly string[]) {
  const fields = EXPANDABLE[kind];
  const length =
    segments.findLastIndex((_, index) =>
      Object.hasOwn(fields, segments.slice(0, index + 1).join('.')),
    ) + 1;
  return {
    path: segments.slice(0, length),
    field: fields[segments.slice(0, length).join('.')],
    rest: segments.slice(length),
  };
}

const itemSegments = ([first, ...others]: readonly string[]) =>
  first === undefined || first === 'data' ? others : [first, ...others];

function replaceAt(
  object: JsonObject,
  [key, ...rest]: readonly string[],
  change: (value: Json | undefined) => Json,
): JsonObject {
  if (key === undefined) return object;
  const value = object[key];
  if (rest.length === 0) return { ...object, [key]: change(value) };
  return isObject(value) ? { ...object, [key]: replaceAt(value, rest, change) } : object;
}

/** An invoice shows its first ten lines: https://docs.stripe.com/api/invoices/object#invoice_object-lines */
const LINES_SHOWN = 10;

/** Stored fields that responses leave out: items are expanded on request, and an invoice item has no such time. */
const HIDDEN: Readonly<Record<string, string>> = {
  'checkout.session': 'line_items',
  customer: 'invoice_credit_balance',
  price: 'currency_options',
  invoiceitem: 'created',
  webhook_endpoint: 'event_payload',
};

function present(object: JsonObject): JsonObject {
  // https://docs.stripe.com/api/customers/retrieve: of a deleted customer, this is all.
  if (object['deleted'] === true)
    return { id: object['id'] ?? null, object: object['object'] ?? null, deleted: true };
  const hidden = HIDDEN[textAt(object, 'object')];
  if (hidden !== undefined)
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== hidden));
  const lines = object['object'] === 'invoice' ? object['lines'] : undefined;
  if (!isObject(lines)) return object;
  const data = lines['data'] as readonly Json[]; // Lists hold objects only.
  return {
    ...object,
    lines: { ...lines, data: data.slice(0, LINES_SHOWN), has_more: data.length > LINES_SHOWN },
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
