import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Safelist } from '../access/safelist/safelist.ts';
import { CodedError } from '../../errors/coded-error.ts';
import type { PersistedQuery, RequestParameters } from './request-parameters.ts';

/**
 * Finds the document of a request: in the request itself, by its id in the safelist, or by its hash if a client has sent it before (Apollo's
 * automatic persisted queries, in a bounded cache).
 */
export class PersistedQueries {
  readonly #safelist: Safelist | undefined;
  readonly #sent = new LRUCache<string, string>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });

  /** @param safelist is undefined if all operations are allowed */
  constructor(safelist: Safelist | undefined) {
    this.#safelist = safelist;
  }

  /** @returns the text, or the refusal, which has the same message for all unlisted operations */
  find(parameters: RequestParameters): string | CodedError {
    const { query, persisted } = parameters;
    const listed = this.#findListed(parameters);
    if (listed !== undefined) return listed;
    if (persisted !== undefined) return this.#findSent(query, persisted);
    return query === undefined || query === '' ? NO_OPERATION : query;
  }

  /** Stores a valid text that was sent with its hash. Later requests can send the hash alone. */
  remember({ persisted }: RequestParameters, text: string): void {
    if (persisted?.hash !== undefined && this.#safelist?.mode !== 'only')
      this.#sent.set(persisted.hash, text);
  }

  isListed(text: string): boolean {
    return this.#safelist === undefined || this.#safelist.match(text) !== undefined;
  }

  #findListed({ query, id }: RequestParameters): string | CodedError | undefined {
    const written = query === '' ? undefined : query;
    if (this.#safelist === undefined || (written === undefined && id === undefined))
      return undefined;
    const text =
      written === undefined ? this.#safelist.find(id ?? '') : this.#safelist.match(written);
    if (text === undefined) return this.#safelist.mode === 'only' ? NOT_LISTED : undefined;
    // The text as sent, so that its hash identifies it later.
    return written !== undefined && this.#safelist.mode === 'report' ? undefined : text;
  }

  #findSent(query: string | undefined, { version, hash }: PersistedQuery): string | CodedError {
    if (this.#safelist?.mode === 'only') return NOT_SUPPORTED;
    if (version !== 1) return WRONG_VERSION;
    if (query !== undefined) return hash === hashOf(query) ? query : WRONG_HASH;
    return (hash?.length === HASH_LENGTH ? this.#sent.get(hash) : undefined) ?? NOT_FOUND;
  }
}

/** SHA-256 of a text, in hexadecimal digits. */
export const hashOf = (text: string): string => hash('sha256', text);

const MAX_CHARACTERS = 10 * 1024 * 1024;

const HASH_LENGTH = 64;

const NO_OPERATION = new CodedError(
  'BAD_REQUEST',
  'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.',
);
const NOT_LISTED = new CodedError(
  'OPERATION_NOT_LISTED',
  'This server accepts only the operations on its safelist, and this is not one of them.',
);
const NOT_SUPPORTED = new CodedError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
const WRONG_VERSION = new CodedError('BAD_REQUEST', 'Unsupported persisted query version');
const WRONG_HASH = new CodedError('BAD_REQUEST', 'provided sha does not match query');
/** Apollo's clients recognise it by its message. */
const NOT_FOUND = new CodedError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
