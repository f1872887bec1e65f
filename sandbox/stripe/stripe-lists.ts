import {
  emptyParameter,
  noSuch,
  outOfBounds,
  StripeError,
  unknownParameters,
} from './stripe-errors.ts';
import { expand, readListExpansions } from './stripe-expand.ts';
import type { Part } from './stripe-expandable.ts';
import { type Filter, readInteger } from './stripe-filters.ts';
import { type Params, textOf, valuesOf } from './stripe-form.ts';
import type { JsonObject, Kind } from './stripe-json.ts';
import type { Store } from './stripe-store.ts';

/** What a list is made of. */
export interface ListSource {
  readonly url: string;
  readonly kind: Kind | Part;
  readonly filters: Readonly<Record<string, Filter>>;
  /** In the order of the list. */
  readonly items: readonly JsonObject[];
  /** @default shows all */
  readonly hides?: ((object: JsonObject, params: Params) => boolean) | undefined;
}

const PAGING = ['ending_before', 'expand', 'limit', 'starting_after'];

/** A page of what the parameters keep: https://docs.stripe.com/api/pagination */
export function answerList(
  { url, kind, filters, items, hides }: ListSource,
  params: Params,
  store: Store,
): JsonObject {
  refuseUnknown(params, [...PAGING, ...Object.keys(filters)]);
  refuseEmpty(params);
  const expansions = readListExpansions(kind, valuesOf(params['expand']));
  const limit = readLimit(params['limit']);
  const predicates = Object.entries(filters).flatMap(([name, filter]) => {
    const value = params[name];
    return value === undefined ? [] : [filter(value, name, store)];
  });
  const isListed = (item: JsonObject) =>
    hides?.(item, params) !== true && predicates.every((matches) => matches(item));
  const { page, hasMore } = cut(items, isListed, limit, params, kind);
  return {
    object: 'list',
    data: page.map((item) => expand(item, expansions, store)),
    has_more: hasMore,
    url,
  };
}

export function refuseUnknown(params: Params, known: readonly string[]): void {
  const [first, ...others] = Object.keys(params).filter((name) => !known.includes(name));
  if (first !== undefined) throw unknownParameters([first, ...others]);
}

function refuseEmpty(params: Params): void {
  const empty = Object.keys(params).find((name) => params[name] === '');
  if (empty !== undefined) throw emptyParameter(empty);
}

export function readLimit(value: string | Params | undefined): number {
  if (value === undefined) return 10;
  const limit = readInteger(textOf(value, 'limit'), 'limit');
  if (limit > 100) throw outOfBounds('limit', 'less than or equal to 100');
  if (limit < 1) throw outOfBounds('limit', 'greater than or equal to 1');
  return limit;
}

/** `starting_after` and `ending_before` name an object, which need not be among those that the filters keep. */
function cut(
  items: readonly JsonObject[],
  isListed: (item: JsonObject) => boolean,
  limit: number,
  params: Params,
  kind: Kind | Part,
) {
  const { starting_after: after, ending_before: before } = params;
  if (after !== undefined && before !== undefined) {
    throw new StripeError(400, {
      message: 'You may only specify one of these parameters: starting_after, ending_before.',
    });
  }
  const beyond =
    before === undefined
      ? items.slice(after === undefined ? 0 : indexOf(after, 'starting_after', items, kind) + 1)
      : items.slice(0, indexOf(before, 'ending_before', items, kind)).reverse();
  const found: JsonObject[] = [];
  for (const item of beyond) {
    if (found.length > limit) break;
    if (isListed(item)) found.push(item);
  }
  const page = found.slice(0, limit);
  return { page: before === undefined ? page : page.reverse(), hasMore: found.length > limit };
}

function indexOf(
  cursor: string | Params,
  param: string,
  items: readonly JsonObject[],
  kind: Kind | Part,
): number {
  const id = textOf(cursor, param);
  const index = items.findIndex((item) => item['id'] === id);
  if (index === -1) throw noSuch(kind, id, { param, status: 400 });
  return index;
}
