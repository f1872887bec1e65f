import { z } from 'zod';
import type { PagesPolicy } from './pages-policy.ts';

/** Identifies a page of an API: a number, the API's own text, or parameters of a URL. Null: the first page, if it has no name. */
export type PageToken = string | number | Readonly<Record<string, string>> | null;

/** A position in a list: a page and the number of its items to skip. */
export interface Place {
  readonly token: PageToken;
  readonly skip: number;
}

/** Characters of a token: with such a token, a cursor of the graph stays below its own limit. */
export const MAX_TOKEN = 4000;

const MAX_NUMBER = 1_000_000_000;

const wholeNumber = z.int().min(0).max(MAX_NUMBER);
const digits = z.string().regex(/^\d{1,9}$/);
const text = z.string().min(1).max(MAX_TOKEN);

export function startOf(policy: PagesPolicy): PageToken {
  if (policy.style === 'page') return policy.firstPage;
  return policy.style === 'offset' ? 0 : null;
}

/** A page number, and the page size if the API returns fewer items than requested. */
export interface PageNumber {
  readonly number: number;
  readonly per: number | undefined;
}

export const readPageNumber = (token: PageToken): PageNumber =>
  typeof token === 'object' && token !== null
    ? { number: Number(token['page']), per: Number(token['per']) }
    : { number: Number(token), per: undefined };

export const writePageNumber = ({ number, per }: PageNumber): PageToken =>
  per === undefined ? number : { page: String(number), per: String(per) };

/** Serializes a position of a list. */
export const writePlace = ({ token, skip }: Place): string => JSON.stringify([token, skip]);

/**
 * Parses a position from a client, which may have changed it: the result identifies a page, and nothing else.
 * @returns undefined for an invalid position of such a list
 */
export function readPlace(policy: PagesPolicy, position: string): Place | undefined {
  let json: unknown;
  try {
    json = JSON.parse(position);
  } catch {
    return undefined;
  }
  const [token, skip] = z.tuple([tokenSchema(policy), wholeNumber]).safeParse(json).data ?? [];
  return token === undefined || skip === undefined ? undefined : { token, skip };
}

function tokenSchema(policy: PagesPolicy): z.ZodType<PageToken> {
  switch (policy.style) {
    case 'page':
      return z.union([wholeNumber, z.strictObject({ page: digits, per: digits })]);
    case 'offset':
      return wholeNumber;
    case 'cursor':
      return text.nullable();
    case 'link':
    case 'nextUrl':
      // No other parameter: a client could request data that it may not read.
      return z
        .strictObject(Object.fromEntries(policy.parameters.map((name) => [name, text.optional()])))
        .transform((parameters) => asToken(parameters))
        .nullable();
  }
}

const asToken = (parameters: Readonly<Record<string, string | undefined>>): PageToken =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
