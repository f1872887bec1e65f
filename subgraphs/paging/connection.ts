import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { BadUserInput, CodedError } from '../../errors/coded-error.ts';

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

/** A Relay connection, for the graph's resolvers. A cursor that would be too long to be read again is an error of its field. */
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

/** For a provider that cannot go on from a position of {@link PageRequest}. */
export const positionRefused = (problem: 'MALFORMED' | 'EXPIRED' | 'RECORD_GONE') =>
  new BadUserInput(POSITION_PROBLEMS[problem]);

const POSITION_PROBLEMS = {
  MALFORMED: 'after must be a cursor from this graph, but it is not one.',
  /** The vendor does not know it, or no longer. */
  EXPIRED:
    'after must be a cursor of this list, but it is invalid or has expired. Read the list from its beginning.',
  RECORD_GONE:
    'after must be the cursor of a record that still exists, but this record was deleted. Read the list from its beginning.',
};

/** For a vendor that reads no more than the first items of a list that is searched, filtered or sorted. */
export const positionBeyond = (reach: number) =>
  new BadUserInput(
    `after must be within the first ${reach.toLocaleString('en')} results of a list with search, filter or sort. Add conditions to see others.`,
  );

const MAX_PAGE_SIZE = 100;

/**
 * Reads a connection's arguments.
 * @param list names the list with all that decides its content: field, parent, filter and order. Cursors of another list are refused.
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

/** Made of its page as it is read: most clients want either edges or nodes, and no cursor, each of which costs a hash. */
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
      // Relay's specification lets a server that pages forwards say just whether it was asked to go on from somewhere.
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

/** What is short is JSON, which is quick to read; what is long is deflated, behind a byte that no JSON begins with. */
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

/** Characters: a URL of 8 kB holds it, and 2 kB of other parameters. Written and read cursors have the same limit. */
const MAX_CURSOR = 6000;

/** Inflated; JSON that is not ours may cost much to read. */
const MAX_POSITION_BYTES = 16_384;

const fingerprint = (list: string) => hash('sha256', list, 'base64url').slice(0, 8);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
