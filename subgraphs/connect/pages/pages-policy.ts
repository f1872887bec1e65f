import { z } from 'zod';
import { headerName } from '../../../settings/header-name.ts';
import { count } from '../../../settings/values.ts';
import { MappingSyntaxError, parseMapping } from '../mapping/mapping.ts';

/** How an API pages a list, for the field, or the type of a batch, that reads it. */
export type PagesPolicy = PagesBounds & PageStyle;

interface PagesBounds {
  /** Location of the parameters; in a JSON body, dots in their names separate nested objects. */
  readonly in: 'query' | 'body';
  /** Number of items in a full page. Undefined if unknown. */
  readonly size: number | undefined;
  /** The parameter of the page size. */
  readonly sizeParameter: string | undefined;
  /** Total number of items. */
  readonly total: ResponseValue | undefined;
  /** Whether another page follows. */
  readonly hasMore: ResponseValue | undefined;
  /** Maximum number of calls for one field. */
  readonly maxPages: number;
  /** Maximum number of items of a plain list. */
  readonly maxItems: number;
}

export type PageStyle =
  /** A text in the response identifies the next page. */
  | { readonly style: 'cursor'; readonly parameter: string; readonly next: ResponseValue }
  /** Pages are numbered. */
  | {
      readonly style: 'page';
      readonly parameter: string;
      readonly firstPage: number;
      readonly lastPage: ResponseValue | undefined;
    }
  /** Items are numbered, from 0. */
  | { readonly style: 'offset'; readonly parameter: string }
  /** The URL with the relation `next` in the header `Link`, RFC 8288. Only these parameters of it are used. */
  | { readonly style: 'link'; readonly parameters: readonly string[] }
  /** A URL in the response. Only these parameters of it are used. */
  | {
      readonly style: 'nextUrl';
      readonly parameters: readonly string[];
      readonly next: ResponseValue;
    };

/** A value of a response: the text of a mapping of its body, or the name of a header. */
export type ResponseValue = { readonly body: string } | { readonly header: string };

/** The policies of a source, by `Type.field` or `Type`. They are JSON: a reload compares them. */
export type PagesPolicies = Readonly<Record<string, PagesPolicy>>;

/** Version of the mappings that read a response. */
export const VALUE_VERSION = 'v0.4';

const MAX_PAGES = 10;
const MAX_ITEMS = 1000;

const parameter = () =>
  z
    .string('must be the name of a parameter')
    .regex(/^[\w.[\]$:-]{1,100}$/, 'must be the name of a parameter');

const NO_VALUE = 'must be a path in the body of the response, or { header: name }';
const NO_PATH = 'is no path in the body of a response';

/** A path, or any other mapping, of the response's body. */
const bodyValue = z
  .string(NO_VALUE)
  .min(1, 'must not be empty')
  .max(1000, 'must have at most 1,000 characters')
  .transform((text, context): ResponseValue => {
    const body = /^[$@]/.test(text) ? text : `$.${text}`;
    try {
      parseMapping(body, VALUE_VERSION);
      return { body };
    } catch (error) {
      if (!(error instanceof MappingSyntaxError)) throw error;
      context.addIssue({ code: 'custom', message: `${NO_PATH}: ${error.message}` });
      return z.NEVER;
    }
  });

const responseValue = () =>
  z.union([bodyValue, z.strictObject({ header: headerName(/^set-cookie$/) })], {
    error: ({ errors }) =>
      errors.flat().find(({ message }) => message.startsWith(NO_PATH))?.message ?? NO_VALUE,
  });

const STYLES = ['cursor', 'page', 'offset', 'link', 'nextUrl'] as const;
type Style = (typeof STYLES)[number];

const entrySchema = z.strictObject({
  style: z
    .enum(STYLES, `must be one of ${STYLES.join(', ')}`)
    .optional()
    .describe('How a page names the next one.'),
  in: z
    .enum(['query', 'body'], 'must be query or body')
    .optional()
    .describe('Where the parameters are sent. Without it, in the query.'),
  parameter: parameter()
    .optional()
    .describe('cursor, page, offset: the parameter that names a page.'),
  parameters: z
    .array(parameter())
    .min(1, 'must name a parameter')
    .max(10)
    .optional()
    .describe('link, nextUrl: the parameters of the next URL that name a page.'),
  next: responseValue()
    .optional()
    .describe('cursor, nextUrl: where the response has the next cursor or URL.'),
  firstPage: count(0, 1).optional().describe('page: the number of the first page. Without it, 1.'),
  lastPage: responseValue()
    .optional()
    .describe('page: where the response has the number of the last page.'),
  size: count(1, 10_000).optional().describe('How many items a full page has.'),
  sizeParameter: parameter()
    .optional()
    .describe('The parameter that asks for pages of at most "size" items.'),
  total: responseValue()
    .optional()
    .describe('Where the response has the number of items of the whole list.'),
  hasMore: responseValue()
    .optional()
    .describe('Where the response says whether another page follows: true or false.'),
  maxPages: count(1, 1000)
    .optional()
    .describe(`The most calls for one field. Without it, ${String(MAX_PAGES)}.`),
  maxItems: count(1, 100_000)
    .optional()
    .describe(`The most items of a plain list. Without it, ${String(MAX_ITEMS)}.`),
});

type Entry = z.output<typeof entrySchema>;

/** The keys that each style requires, and the others that only it accepts. */
const KEYS: Readonly<
  Record<Style, { readonly needs: readonly (keyof Entry)[]; readonly takes: readonly string[] }>
> = {
  cursor: { needs: ['parameter', 'next'], takes: [] },
  page: { needs: ['parameter'], takes: ['firstPage', 'lastPage'] },
  offset: { needs: ['parameter'], takes: [] },
  link: { needs: ['parameters'], takes: [] },
  nextUrl: { needs: ['parameters', 'next'], takes: [] },
};

/** Keys of some styles only. */
const NONE = {
  parameter: undefined,
  parameters: undefined,
  next: undefined,
  firstPage: undefined,
  lastPage: undefined,
};

// The cast is safe: `Object.keys` returns the keys of a constant.
const OF_STYLES = Object.keys(NONE) as readonly (keyof typeof NONE)[];

/** The entry with defaults for the others. */
const DEFAULT = 'default';

/** `pages` of a source in a `graph.yaml`. */
export const pagesSchema = z
  .record(z.string().regex(/^[A-Za-z_]\w{0,99}(?:\.[A-Za-z_]\w{0,99})?$/), entrySchema)
  .transform((entries, context): PagesPolicies => {
    const { [DEFAULT]: common = {}, ...fields } = entries;
    const policies: Record<string, PagesPolicy> = {};
    for (const [name, entry] of Object.entries(fields)) {
      const merged = mergeEntries(common, entry);
      const problems = [...problemsOf(merged, entry)];
      for (const [key, message] of problems)
        context.addIssue({ code: 'custom', path: [name, key], message });
      if (problems.length === 0) policies[name] = toPolicy(merged);
    }
    return policies;
  });

/** Keys of the default's style do not apply to another style. */
function mergeEntries(common: Entry, entry: Entry): Entry {
  if (entry.style === undefined || entry.style === common.style) return { ...common, ...entry };
  return { ...common, ...NONE, ...entry };
}

function* problemsOf(
  merged: Entry,
  own: Entry,
): Generator<readonly [key: string, message: string]> {
  const { style } = merged;
  if (style === undefined) {
    yield ['style', `must be set: one of ${STYLES.join(', ')}`];
    return;
  }
  const { needs, takes } = KEYS[style];
  for (const key of needs)
    if (merged[key] === undefined) yield [key, `must be set for the style ${style}`];
  for (const key of OF_STYLES)
    if (own[key] !== undefined && !needs.includes(key) && !takes.includes(key))
      yield [key, `is not for the style ${style}`];
  if (merged.sizeParameter !== undefined && merged.size === undefined)
    yield ['size', 'must be set, for sizeParameter to ask for it'];
}

/** @param entry has all keys that its style requires */
function toPolicy(entry: Entry): PagesPolicy {
  const { style, size, sizeParameter, total, hasMore, next, parameter: name = '' } = entry;
  const bounds = {
    in: entry.in ?? 'query',
    size,
    sizeParameter,
    total,
    hasMore,
    maxPages: entry.maxPages ?? MAX_PAGES,
    maxItems: entry.maxItems ?? MAX_ITEMS,
  } as const;
  const { parameters = [], firstPage = 1, lastPage } = entry;
  switch (style) {
    case 'page':
      return { ...bounds, style, parameter: name, firstPage, lastPage };
    case 'offset':
      return { ...bounds, style, parameter: name };
    case 'link':
      return { ...bounds, style, parameters };
    case 'cursor':
    case 'nextUrl':
    case undefined:
      if (next === undefined || style === undefined) break;
      return style === 'cursor'
        ? { ...bounds, style, parameter: name, next }
        : { ...bounds, style, parameters, next };
  }
  throw new TypeError('A list with pages has a style, and what the style needs.');
}
