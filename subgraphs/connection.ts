import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BadUserInput } from '../errors/coded-error.ts';

/** Which part of a list a provider is to read. */
export interface PageRequest {
  /** How many items, from 1 to 100. */
  readonly first: number;
  /** A position that the same list gave before; absent for the beginning. */
  readonly after?: string;
}

/** Part of a list, as a provider reads it. */
export interface Page<Item> {
  readonly entries: readonly PageEntry<Item>[];
  readonly hasNextPage: boolean;
  /** Absent where the vendor does not say; an error takes only its own field. */
  readonly totalCount?: number | Error;
}

export interface PageEntry<Item> {
  /** An error takes only its own place in the list. */
  readonly item: Item | Error | null;
  /** Where reading goes on after this item: the provider's own text, never shown to clients as it is. */
  readonly position: string;
}

/** A Relay connection, for the graph's resolvers. */
export interface Connection<Item> {
  readonly edges: readonly { readonly cursor: string; readonly node: Item | Error | null }[];
  readonly nodes: readonly (Item | Error | null)[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | Error | null;
}

export interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

const MAX_PAGE_SIZE = 100;

/**
 * Reads a connection's arguments.
 * @param list names the list with all that decides its content: field, parent, filter and order. Cursors of another list are refused.
 * @throws BadUserInput
 */
export function readPageArguments(list: string, { first, after }: PageArguments): PageRequest {
  if (!Number.isInteger(first) || first < 1 || first > MAX_PAGE_SIZE) {
    throw new BadUserInput(`first must be an integer from 1 to ${String(MAX_PAGE_SIZE)}, but got ${String(first)}.`);
  }
  return after == null ? { first } : { first, after: readCursor(list, after) };
}

/** @param list and @param request as in {@link readPageArguments}. */
export function toConnection<Item>(list: string, request: PageRequest, page: Page<Item>): Connection<Item> {
  // Cursors are written when they are read: most clients want none of a page's, and each costs a hash.
  const cursorOf = (entry: PageEntry<Item> | undefined) => (entry === undefined ? null : writeCursor(list, entry.position));
  return {
    edges: page.entries.map((entry) => ({
      node: entry.item,
      get cursor() {
        return writeCursor(list, entry.position);
      },
    })),
    nodes: page.entries.map((entry) => entry.item),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      // Relay's specification lets a server that pages forwards say just whether it was asked to go on from somewhere.
      hasPreviousPage: request.after !== undefined,
      get startCursor() {
        return cursorOf(page.entries[0]);
      },
      get endCursor() {
        return cursorOf(page.entries.at(-1));
      },
    },
    totalCount: page.totalCount ?? null,
  };
}

const cursorSchema = z.tuple([z.string(), z.string()]);

const writeCursor = (list: string, position: string) => Buffer.from(JSON.stringify([fingerprint(list), position])).toString('base64url');

function readCursor(list: string, cursor: string): string {
  const [owner, position] = cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString())).data ?? [];
  if (owner === undefined || position === undefined)
    throw new BadUserInput('after must be a cursor that this graph gave, but it is not one.');
  if (owner !== fingerprint(list)) {
    throw new BadUserInput('after must be a cursor of this very list, with the same filter and order, but it belongs to another.');
  }
  return position;
}

const fingerprint = (list: string) => createHash('sha256').update(list).digest('base64url').slice(0, 8);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
