import type { Service } from '../../../errors/coded-error.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';
import type { UpstreamResponse } from '../../../upstream/vendor-response.ts';
import { evaluate, type Mapping, parseMapping } from '../mapping/mapping.ts';
import { valueOf } from '../objects.ts';
import { nextLinkOf } from './link-header.ts';
import { MAX_TOKEN, type PageToken, readPageNumber, writePageNumber } from './page-token.ts';
import { type PagesPolicy, type ResponseValue, VALUE_VERSION } from './pages-policy.ts';

/** One page of an API's list. */
export interface ApiPage {
  readonly items: readonly unknown[];
  /** Undefined for the last page. */
  readonly next: PageToken | undefined;
  readonly total: number | undefined;
}

/** An API's list, as one field reads it. */
export interface PagedList {
  /** `Query.orders`, for messages. */
  readonly name: string;
  readonly service: Service;
  /** The base URL of its source. */
  readonly baseUrl: string;
  readonly policy: PagesPolicy;
  /** The field of the selection's result that contains the items; undefined if the result is the items. */
  readonly itemsIn: string | undefined;
}

/** The error of a page without a valid continuation: the message continues the name of the list. */
export const pagesError = ({ name, service }: PagedList, sentence: string) =>
  new UpstreamError('UPSTREAM_CONTRACT', service, {
    message: `The pages of ${name} ${sentence} The operator has to check "pages" in graph.yaml.`,
  });

/**
 * Reads one page.
 * @param value the result of the selection
 * @param token identifies the page
 * @param size number of items, unless it is the last page; undefined if unknown
 * @throws UpstreamError for an invalid page
 */
export function readPage(
  list: PagedList,
  value: unknown,
  response: UpstreamResponse,
  token: PageToken,
  size: number | undefined,
): ApiPage {
  const items = itemsOf(list, value);
  const total = toCount(read(list.policy.total, response));
  const next = nextOf(list, response, { token, received: items.length, total, size });
  if (next !== undefined && JSON.stringify(next) === JSON.stringify(token))
    throw pagesError(list, 'do not end: a page names itself as the next one.');
  return { items, next, total };
}

function itemsOf(list: PagedList, value: unknown): readonly unknown[] {
  const items = list.itemsIn === undefined ? value : valueOf(value, list.itemsIn);
  if (items == null) return [];
  if (!Array.isArray(items)) throw pagesError(list, 'must have a list of items.');
  return items;
}

interface ReadSoFar {
  readonly token: PageToken;
  readonly received: number;
  readonly total: number | undefined;
  /** The requested size, or that of full pages. */
  readonly size: number | undefined;
}

function nextOf(
  list: PagedList,
  response: UpstreamResponse,
  page: ReadSoFar,
): PageToken | undefined {
  const { policy } = list;
  const more = toBoolean(read(policy.hasMore, response));
  if (more === false) return undefined;
  const next =
    policy.style === 'page' || policy.style === 'offset'
      ? nextNumber(policy, response, page, more)
      : nextName(list, response);
  if (next === undefined && more === true)
    throw pagesError(list, 'must name the next one where they say that there is one.');
  return next;
}

function nextNumber(
  policy: Extract<PagesPolicy, { style: 'page' | 'offset' }>,
  response: UpstreamResponse,
  page: ReadSoFar,
  more: boolean | undefined,
): PageToken | undefined {
  const { token, received, total, size } = page;
  if (policy.style === 'offset') {
    const end = Number(token) + received;
    return (more ?? mayContinue(page, end)) ? end : undefined;
  }
  const { number, per = size } = readPageNumber(token);
  const before = number - policy.firstPage;
  const end = per === undefined ? undefined : before * per + received;
  const last = toCount(read(policy.lastPage, response));
  const hasNext = more ?? (last === undefined ? mayContinue(page, end) : number < last);
  if (!hasNext) return undefined;
  // An API that returns fewer items than requested has smaller pages from the first one on.
  const isSmaller = before === 0 && end !== undefined && total !== undefined && end < total;
  const isShort = size !== undefined && received > 0 && received < size;
  return writePageNumber({
    number: number + 1,
    per: isSmaller && isShort ? received : readPageNumber(token).per,
  });
}

/**
 * Whether a page may follow. An empty page is the last one regardless of the total; a total that was exceeded is ignored.
 * @param end number of items up to this page, if known
 */
function mayContinue({ received, total, size }: ReadSoFar, end: number | undefined): boolean {
  if (received === 0) return false;
  if (total !== undefined && end !== undefined && end <= total) return end < total;
  return size === undefined || received >= size;
}

function nextName(list: PagedList, response: UpstreamResponse): PageToken | undefined {
  const { policy } = list;
  switch (policy.style) {
    case 'cursor':
      return toText(list, read(policy.next, response));
    case 'link': {
      const url = nextLinkOf(response.headers['link']);
      return url === undefined ? undefined : parametersOf(list, url, policy.parameters);
    }
    case 'nextUrl': {
      const url = toText(list, read(policy.next, response));
      return url === undefined ? undefined : parametersOf(list, url, policy.parameters);
    }
    case 'page':
    case 'offset':
      return undefined;
  }
}

/**
 * The parameters of the next page in a URL of the API. The URL itself is not called: another host would get the credential, and a client
 * that continues
 * from it could change it.
 */
function parametersOf(list: PagedList, text: string, names: readonly string[]): PageToken {
  const base = new URL(`${list.baseUrl.replace(/\/$/, '')}/`);
  const url = URL.canParse(text, base.href) ? new URL(text, base) : undefined;
  const isBelow =
    url?.origin === base.origin &&
    `${url.pathname}/`.startsWith(base.pathname) &&
    url.username + url.password === '';
  if (!isBelow) throw pagesError(list, 'must not lead to a URL that is not below the base URL.');
  const parameters = names.flatMap((name) => {
    const value = url.searchParams.get(name);
    return value === null || value === '' ? [] : [[name, bounded(list, value)] as const];
  });
  if (parameters.length === 0)
    throw pagesError(list, `must name the next one by ${names.join(', ')} in its URL.`);
  return Object.fromEntries(parameters);
}

/** Cursors are text or numbers; an empty one ends the list. */
function toText(list: PagedList, value: unknown): string | undefined {
  if (value == null || value === '' || value === false) return undefined;
  if (typeof value === 'string') return bounded(list, value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw pagesError(list, 'must name the next one by text.');
}

function bounded(list: PagedList, text: string): string {
  if (text.length <= MAX_TOKEN) return text;
  throw pagesError(list, `must have names of at most ${String(MAX_TOKEN)} characters.`);
}

function read(value: ResponseValue | undefined, { headers, body, status }: UpstreamResponse) {
  if (value === undefined) return undefined;
  if ('header' in value) return headers[value.header];
  return evaluate(mappingOf(value), body, { $status: status }).value;
}

/** Compiles a mapping once, as a policy contains its text. */
function mappingOf(value: Extract<ResponseValue, { body: string }>): Mapping {
  const known = MAPPINGS.get(value);
  if (known !== undefined) return known;
  const mapping = parseMapping(value.body, VALUE_VERSION);
  MAPPINGS.set(value, mapping);
  return mapping;
}

const MAPPINGS = new WeakMap<ResponseValue, Mapping>();

const MAX_COUNT = 2_147_483_647;

/** Undefined for a value that is not a number of items, or exceeds GraphQL's `Int`. */
function toCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= MAX_COUNT
    ? count
    : undefined;
}

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}
