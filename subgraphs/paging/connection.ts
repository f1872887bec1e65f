import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { BadUserInput, CodedError } from '../../errors/coded-error.ts';

/** The part of a list that a provider reads. */
export interface PageRequest {
  /** Number of items, from 1 to 100. */
  readonly first: number;
  /** A position from the same list; absent for its start. */
  readonly after?: string;
}

/** A part of a list, read by a provider. */
export interface Page<Item> {
  readonly entries: readonly PageEntry<Item>[];
  readonly hasNextPage: boolean;
  /** Absent if the vendor does not report it; an error fails only its own field. */
  readonly totalCount?: number | Error;
}

export interface PageEntry<Item> {
  /** An error fails only this item. */
  readonly item: Item | Error | null;
  /** The position after this item: the provider's own text, never sent to clients unchanged. */
  readonly position: string;
}

/** A Relay connection, for the graph's resolvers. A cursor beyond the maximum length is an error of its field. */
export interface Connection<Item> {
  readonly edges: readonly {
    readonly cursor: string | Error;
    readonly node: Item | Error | null;
  }[];
  readonly nodes: readonly (Item | Error | null)[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | Error | null;
    readonly endCursor: string | Error | null;
  };
  readonly totalCount: number | Error | null;
}

export interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** For a provider that refuses a position of {@link PageRequest}. */
export const positionRefused = (problem: 'MALFORMED' | 'EXPIRED' | 'RECORD_GONE') =>
  new BadUserInput(POSITION_PROBLEMS[problem]);

const POSITION_PROBLEMS = {
  MALFORMED: 'after must be a cursor from this graph, but it is not one.',
  /** The vendor does not know it, or no longer does. */
  EXPIRED:
    'after must be a cursor of this list, but it is invalid or has expired. Read the list from its beginning.',
  RECORD_GONE:
    'after must be the cursor of a record that still exists, but this record was deleted. Read the list from its beginning.',
};

/** For a vendor that returns only the first results of a list with search, filter or sort. */
export const positionBeyond = (reach: number) =>
  new BadUserInput(
    `after must be within the first ${reach.toLocaleString('en')} results of a list with search, filter or sort. Add conditions to see others.`,
  );

const MAX_PAGE_SIZE = 100;

/**
 * Reads a connection's arguments.
 * @param list identifies the list by everything that determines its content: field, parent, filter and order. Cursors of another list are
 * refused.
 * @throws BadUserInput
 */
export function readPageArguments(list: string, { first, after }: PageArguments): PageRequest {
  if (!Number.isInteger(first) || first < 1 || first > MAX_PAGE_SIZE) {
    throw new BadUserInput(
      `first must be an integer from 1 to ${String(MAX_PAGE_SIZE)}, but got ${String(first)}.`,
    );
  }
  return after == null ? { first } : { first, after: readCursor(list, after) };
}

/** @param list and @param request as in {@link readPageArguments}. */
export const toConnection = <Item>(
  list: string,
  request: PageRequest,
  page: Page<Item>,
): Connection<Item> => new ConnectionOfPage(list, request, page);

/** Calculates its parts on access: most clients select either edges or nodes, and no cursor, each of which costs a hash. */
class ConnectionOfPage<Item> implements Connection<Item> {
  readonly #list: string;
  readonly #request: PageRequest;
  readonly #page: Page<Item>;

  constructor(list: string, request: PageRequest, page: Page<Item>) {
    this.#list = list;
    this.#request = request;
    this.#page = page;
  }

  get edges() {
    return this.#page.entries.map((entry) => new EdgeOfEntry(this.#list, entry));
  }

  get nodes() {
    return this.#page.entries.map(({ item }) => item);
  }

  get pageInfo() {
    const { entries, hasNextPage } = this.#page;
    const [first, last] = [entries[0], entries.at(-1)];
    return {
      hasNextPage,
      // By Relay's specification, a server with forward paging only has to report whether `after` was given.
      hasPreviousPage: this.#request.after !== undefined,
      startCursor: first === undefined ? null : writeCursor(this.#list, first.position),
      endCursor: last === undefined ? null : writeCursor(this.#list, last.position),
    };
  }

  get totalCount() {
    return this.#page.totalCount ?? null;
  }
}

class EdgeOfEntry<Item> {
  readonly node: Item | Error | null;
  readonly #list: string;
  readonly #entry: PageEntry<Item>;

  constructor(list: string, entry: PageEntry<Item>) {
    this.node = entry.item;
    this.#list = list;
    this.#entry = entry;
  }

  get cursor() {
    return writeCursor(this.#list, this.#entry.position);
  }
}

const cursorSchema = z.tuple([z.string(), z.string()]);

/** A short cursor is JSON, which is fast to parse; a long one is deflated, after a byte that no JSON starts with. */
function writeCursor(list: string, position: string): string | CodedError {
  const json = Buffer.from(JSON.stringify([fingerprint(list), position]));
  const bytes =
    json.length <= MAX_PLAIN_BYTES ? json : Buffer.concat([DEFLATED, deflateRawSync(json)]);
  const cursor = bytes.toString('base64url');
  return cursor.length <= MAX_CURSOR && json.length <= MAX_POSITION_BYTES
    ? cursor
    : new CodedError(
        'OPERATION_TOO_COMPLEX',
        `A cursor must have at most ${MAX_CURSOR.toLocaleString('en')} characters, but the one of this item would be longer: the list merges too many lists. Read the lists one by one.`,
      );
}

function readCursor(list: string, cursor: string): string {
  const text = cursor.length > MAX_CURSOR ? '' : toJson(Buffer.from(cursor, 'base64url'));
  const [owner, position] = cursorSchema.safeParse(parseJson(text)).data ?? [];
  if (owner === undefined || position === undefined) throw positionRefused('MALFORMED');
  if (owner !== fingerprint(list)) {
    throw new BadUserInput(
      'after must be a cursor of this list with the same filter and order, but it belongs to another list.',
    );
  }
  return position;
}

function toJson(bytes: Buffer): string {
  if (bytes[0] !== DEFLATED[0]) return bytes.toString();
  try {
    return inflateRawSync(bytes.subarray(DEFLATED.length), {
      maxOutputLength: MAX_POSITION_BYTES,
    }).toString();
  } catch {
    return '';
  }
}

const DEFLATED = Buffer.from([0]);
const MAX_PLAIN_BYTES = 200;

/** Characters: it fits into a URL of 8 kB with 2 kB of other parameters. Written and parsed cursors have the same limit. */
const MAX_CURSOR = 6000;

/** Inflated size; parsing foreign JSON may be expensive. */
const MAX_POSITION_BYTES = 16_384;

const fingerprint = (list: string) => hash('sha256', list, 'base64url').slice(0, 8);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
