import { missingParameter, StripeError } from './stripe-errors.ts';
import { expand, readListExpansions } from './stripe-expand.ts';
import { type Params, textOf, valuesOf } from './stripe-form.ts';
import type { JsonObject, WireObject } from './stripe-json.ts';
import { readLimit, refuseUnknown } from './stripe-lists.ts';
import type { Store } from './stripe-store.ts';

/** The search index, which lags behind writes. */
export interface SearchIndex {
  /** The customers as of a while ago, newest first. */
  customers(): readonly WireObject[];
  /** Notes what was written. */
  update(): void;
}

/** @param lagMs delay until a write is in the index, in milliseconds: https://docs.stripe.com/search#data-freshness */
export function createSearchIndex(store: Store, now: () => number, lagMs: number): SearchIndex {
  let known = store.all('customer');
  let pending: { readonly at: number; readonly customers: readonly WireObject[] }[] = [];
  const catchUp = () => {
    const due = pending.filter(({ at }) => at + lagMs <= now());
    known = due.at(-1)?.customers ?? known;
    pending = pending.slice(due.length);
  };
  return {
    customers() {
      catchUp();
      return known;
    },
    update() {
      catchUp();
      const customers = store.all('customer');
      // The same list as long as no customer has changed.
      if (customers !== (pending.at(-1)?.customers ?? known))
        pending.push({ at: now(), customers });
    },
  };
}

export const CUSTOMER_SEARCH_URL = '/v1/customers/search';

/** `GET /v1/customers/search`: https://docs.stripe.com/api/customers/search */
export function searchCustomers(params: Params, index: SearchIndex, store: Store): JsonObject {
  refuseUnknown(params, ['expand', 'limit', 'page', 'query']);
  const { query, page } = params;
  if (query === undefined) throw missingParameter('query');
  const matches = readQuery(textOf(query, 'query'));
  const expansions = readListExpansions('customer', valuesOf(params['expand']));
  const limit = readLimit(params['limit']);
  const start = page === undefined ? 0 : readPage(textOf(page, 'page'));
  const found = index
    .customers()
    .filter(matches)
    // What is found is shown as it is now.
    .flatMap(({ id }) => store.find('customer', id) ?? [])
    .filter(({ deleted }) => deleted !== true);
  const end = start + limit;
  return {
    object: 'search_result',
    data: found.slice(start, end).map((customer) => expand(customer, expansions, store)),
    has_more: found.length > end,
    next_page: found.length > end ? Buffer.from(`from ${String(end)}`).toString('base64') : null,
    url: CUSTOMER_SEARCH_URL,
  };
}

function readPage(page: string): number {
  const start = /^from (\d{1,9})$/.exec(Buffer.from(page, 'base64').toString())?.[1];
  if (start === undefined)
    throw new StripeError(400, { message: 'Invalid page token.', param: 'page' });
  return Number(start);
}

type Predicate = (customer: WireObject) => boolean;

/** https://docs.stripe.com/search#search-query-language: clauses that all or one of must hold, never both in one query. */
function readQuery(query: string): Predicate {
  const clauses: Predicate[] = [];
  const connectors = new Set<string>();
  let at = 0;
  while (at < query.length) {
    CLAUSE.lastIndex = at;
    const groups = CLAUSE.exec(query)?.groups;
    if (groups === undefined) throw unreadable();
    if (clauses.length > 0) connectors.add(groups['connector']?.toUpperCase() ?? 'AND');
    else if (groups['connector'] !== undefined) throw unreadable();
    clauses.push(readClause(groups));
    at = CLAUSE.lastIndex;
  }
  if (clauses.length === 0 || connectors.size > 1) throw unreadable();
  if (clauses.length > MAX_CLAUSES)
    throw new StripeError(400, {
      message: `Search queries can have at most ${String(MAX_CLAUSES)} clauses.`,
      param: 'query',
    });
  return connectors.has('OR')
    ? (customer) => clauses.some((holds) => holds(customer))
    : (customer) => clauses.every((holds) => holds(customer));
}

const MAX_CLAUSES = 10;

/** Quotes can be escaped inside of quotes; nothing else is documented to be. */
const CLAUSE =
  /(?:\s{0,9}\b(?<connector>and|or)\b\s{0,9}|\s{0,9})(?<not>-?)(?<field>[a-z_]{1,40})(?:\[(?:"(?<key>[^"]*)"|'(?<otherKey>[^']*)')\])?(?<operator>:|~|[<>]=?)(?:"(?<text>(?:[^"\\]|\\["'])*)"|'(?<otherText>(?:[^'\\]|\\["'])*)'|(?<number>\d{1,15}))\s*/iy;

type Groups = Readonly<Record<string, string | undefined>>;

function readClause(groups: Groups): Predicate {
  const { not, field = '', key, otherKey, operator = '', text, otherText, number } = groups;
  const value = (text ?? otherText ?? number ?? '').replace(/\\(["'])/g, '$1');
  const name = field.toLowerCase();
  const isNumeric = name === 'created';
  const metadataKey = key ?? otherKey;
  if (!['created', 'email', 'metadata', 'name', 'phone'].includes(name))
    throw new StripeError(400, {
      message: `Field \`${field}\` is an unsupported search field for resource \`customers\`.`,
    });
  if ((name === 'metadata') !== (metadataKey !== undefined)) throw unreadable();
  if (isNumeric !== (number !== undefined) || (!isNumeric && !/^[:~]$/.test(operator)))
    throw unreadable();
  if (operator === '~' && (isNumeric || value.length < MIN_SUBSTRING)) throw unreadable();
  const holds = isNumeric
    ? compares(operator, Number(value))
    : matchesText(operator, value, name === 'metadata');
  const read = (customer: WireObject) =>
    metadataKey === undefined ? customer[name] : (customer['metadata'] as JsonObject)[metadataKey]; // An object always.
  return (customer) => holds(read(customer)) === (not === '');
}

const MIN_SUBSTRING = 3;

const compares =
  (operator: string, bound: number) =>
  (value: unknown): boolean => {
    if (typeof value !== 'number') return false;
    if (operator === ':') return value === bound;
    if (operator.endsWith('=') && value === bound) return true;
    return operator.startsWith('<') ? value < bound : value > bound;
  };

/** Text matches by word, case-insensitively, although Stripe calls the operator exact; metadata matches the whole value. */
function matchesText(operator: string, value: string, isToken: boolean) {
  const wanted = value.toLowerCase();
  const words = wordsOf(wanted);
  return (actual: unknown): boolean => {
    if (typeof actual !== 'string') return false;
    if (isToken) return actual === value;
    const text = actual.toLowerCase();
    if (operator === '~') return text.includes(wanted);
    const have = new Set(wordsOf(text));
    return words.length > 0 && words.every((word) => have.has(word));
  };
}

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];

const unreadable = () =>
  new StripeError(400, {
    message:
      'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or key:"value" to query for other fields.',
  });
