import { emptyParameter, noSuch, outOfBounds, StripeError, unknownParameters } from './stripe-errors.ts';
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
export function answerList({ url, kind, filters, items, hides }: ListSource, params: Params, store: Store): JsonObject {
  refuseUnknown(params, [...PAGING, ...Object.keys(filters)]);
  refuseEmpty(params);
  const expansions = readListExpansions(kind, valuesOf(params['expand']));
  const limit = readLimit(params['limit']);
  const predicates = Object.entries(filters).flatMap(([name, filter]) => {
    const value = params[name];
    return value === undefined ? [] : [filter(value, name, store)];
  });
  const matches = items.filter((item) => hides?.(item, params) !== true && predicates.every((keeps) => keeps(item)));
  const { page, hasMore } = cut(matches, items, limit, params, kind);
  return { object: 'list', data: page.map((item) => expand(item, expansions, store)), has_more: hasMore, url };
}

export function refuseUnknown(params: Params, known: readonly string[]): void {
  const [first, ...others] = Object.keys(params).filter((name) => !known.includes(name));
  if (first !== undefined) throw unknownParameters([first, ...others]);
}

function refuseEmpty(params: Params): void {
  const empty = Object.keys(params).find((name) => params[name] === '');
  if (empty !== undefined) throw emptyParameter(empty);
}

function readLimit(value: string | Params | undefined): number {
  if (value === undefined) return 10;
  const limit = readInteger(textOf(value, 'limit'), 'limit');
  if (limit > 100) throw outOfBounds('limit', 'less than or equal to 100');
  if (limit < 1) throw outOfBounds('limit', 'greater than or equal to 1');
  return limit;
}

/** `starting_after` and `ending_before` name an object, which need not be among those that the filters keep. */
function cut(matches: readonly JsonObject[], all: readonly JsonObject[], limit: number, params: Params, kind: Kind | Part) {
  const { starting_after: after, ending_before: before } = params;
  if (after !== undefined && before !== undefined) {
    throw new StripeError(400, { message: 'You may only specify one of these parameters: starting_after, ending_before.' });
  }
  const rank = new Map(all.map((item, index) => [item['id'], index]));
  const rankOf = (item: JsonObject) => rank.get(item['id']) ?? -1;
  if (before !== undefined) {
    const edge = rankOfCursor(before, 'ending_before', rank, kind);
    const earlier = matches.filter((item) => rankOf(item) < edge);
    return { page: earlier.slice(-limit), hasMore: earlier.length > limit };
  }
  const edge = after === undefined ? -1 : rankOfCursor(after, 'starting_after', rank, kind);
  const later = matches.filter((item) => rankOf(item) > edge);
  return { page: later.slice(0, limit), hasMore: later.length > limit };
}

function rankOfCursor(cursor: string | Params, param: string, rank: ReadonlyMap<unknown, number>, kind: Kind | Part): number {
  const id = textOf(cursor, param);
  const found = rank.get(id);
  if (found === undefined) throw noSuch(kind, id, { param: param, status: 400 });
  return found;
}
