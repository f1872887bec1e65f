import { objectAt } from './json.ts';
import { wordsOf } from './names.ts';
import type { ObjectType, OutputField, OutputValue } from './output-types.ts';
import type { Argument, RootField } from './root-fields.ts';
import { segment } from './selections.ts';

/** How a list is paged. */
export interface Pages {
  /** The list itself. */
  readonly list: OutputValue;
  /** The property of the response that contains it; undefined if it is the response. */
  readonly within: string | undefined;
  /** The API's names of the parameters that the policy sets. */
  readonly parameters: readonly string[];
  /** The entry in `pages` of a source. */
  readonly policy: Readonly<Record<string, PolicyValue | undefined>>;
}

type PolicyValue = string | number | readonly string[];

const SIZES = ['limit', 'perpage', 'pagesize', 'pagelimit', 'maxresults', 'size', 'first', 'top'];
const CURSORS = [
  ...['cursor', 'pagecursor', 'after', 'pageafter', 'startingafter', 'nexttoken', 'pagetoken'],
  ...['nextpagetoken', 'continuationtoken', 'continue'],
];
const PAGES = ['page', 'pagenumber', 'pagenum'];
const OFFSETS = ['offset', 'skip', 'startat', 'startindex', 'pageoffset'];
const URLS = ['next', 'nexturl', 'nextlink', 'nextpageurl'];
const NEXTS = [
  'nextcursor',
  'nextpagetoken',
  'nexttoken',
  'next',
  'endcursor',
  'continuationtoken',
  'cursor',
  'after',
  'continue',
];
const MORE = ['hasmore', 'hasnextpage', 'hasnext', 'more'];
const TOTALS = ['total', 'totalcount', 'totalresults', 'totalitems'];

/**
 * Recognises pages by the names of parameters and of response properties.
 * @param list the property of the response that contains the list
 * @returns undefined if the parameters of the next page are unknown
 */
export function readPages(
  field: RootField,
  returns: OutputValue,
  list: string | undefined,
): Pages | undefined {
  const query = field.arguments.filter(
    ({ place, value }) => place === 'query' && value.kind === 'scalar',
  );
  const named = (names: readonly string[]) =>
    query.find(({ key }) => names.includes(wordsOf(key).join('')));
  const [cursor, page, offset, size] = [CURSORS, PAGES, OFFSETS, SIZES].map(named);
  const type = returns.kind === 'object' ? returns.type : undefined;
  const found = (names: readonly string[]) => type && pathOf(type, names);
  const items = type?.fields.find(({ key }) => key === list)?.value ?? returns;
  const hasMore = found(MORE);
  const next = found(cursor === undefined ? URLS : NEXTS) ?? lastId(cursor, items, list, hasMore);
  const url = found(URLS);
  const start = cursor ?? page ?? offset;
  const style = styleOf({ cursor, page, offset, next, url, field });
  if (style === undefined || start === undefined) return undefined;
  const sizes = sizeOf(size);
  const parameters = [start.key, ...(size === undefined ? [] : [size.key])];
  const isByUrl = style === 'link' || style === 'nextUrl';
  const total = style === 'page' || style === 'offset' ? found(TOTALS) : undefined;
  return {
    list: items,
    within: list,
    parameters: [start.key, ...('sizeParameter' in sizes ? [sizes.sizeParameter] : [])],
    policy: {
      style,
      ...(isByUrl ? { parameters } : { parameter: start.key }),
      ...(style === 'cursor' && { next }),
      ...(style === 'nextUrl' && { next: url }),
      ...sizes,
      ...(hasMore !== undefined && { hasMore }),
      ...(total !== undefined && { total }),
    },
  };
}

interface Signs {
  readonly cursor: Argument | undefined;
  readonly page: Argument | undefined;
  readonly offset: Argument | undefined;
  readonly next: string | undefined;
  readonly url: string | undefined;
  readonly field: RootField;
}

function styleOf({ cursor, page, offset, next, url, field }: Signs): string | undefined {
  if (cursor !== undefined && next !== undefined) return 'cursor';
  if (linksPages(field)) return 'link';
  if (url !== undefined) return 'nextUrl';
  if (page !== undefined) return 'page';
  return offset === undefined ? undefined : 'offset';
}

/** Recognises APIs whose next page starts after the last item's id: `starting_after`. */
function lastId(
  cursor: Argument | undefined,
  items: OutputValue,
  list: string | undefined,
  hasMore: string | undefined,
): string | undefined {
  const type = items.kind === 'list' && items.of.kind === 'object' ? items.of.type : undefined;
  if (cursor === undefined || list === undefined || hasMore === undefined) return undefined;
  if (!/after$/.test(wordsOf(cursor.key).join(''))) return undefined;
  return type?.fields.some(({ key }) => key === 'id') === true
    ? `$.${segment(list)}->last.id`
    : undefined;
}

/** The maximum page size, if the document contains it. */
function sizeOf(size: Argument | undefined) {
  if (size === undefined) return {};
  const { maximum, default: usual } = objectAt(size.parameter, 'schema');
  const most = [maximum, usual]
    .filter((one) => typeof one === 'number')
    .find((one) => Number.isInteger(one) && one >= 1 && one <= 10_000);
  return most === undefined ? {} : { sizeParameter: size.key, size: most };
}

/** The path of a property, or of a property of a nested object. */
function pathOf(type: ObjectType, names: readonly string[]): string | undefined {
  const isNamed = ({ key, value }: OutputField) =>
    value.kind === 'scalar' && names.includes(wordsOf(key).join(''));
  const own = type.fields.find(isNamed);
  if (own !== undefined) return `$.${segment(own.key)}`;
  for (const field of type.fields) {
    const below = field.value.kind === 'object' ? field.value.type.fields.find(isNamed) : undefined;
    if (below !== undefined) return `$.${segment(field.key)}.${segment(below.key)}`;
  }
  return undefined;
}

/** RFC 8288 */
function linksPages({ operation }: RootField): boolean {
  const response = objectAt(objectAt(operation.keywords, 'responses'), '200');
  return Object.keys(objectAt(response, 'headers')).some((name) => name.toLowerCase() === 'link');
}

/** The field as a plain list, without the parameters that the policy sets. */
export const asList = (field: RootField, { list, within, parameters }: Pages): RootField => ({
  ...field,
  returns: list,
  within,
  arguments: field.arguments.filter(({ key }) => !parameters.includes(key)),
});
