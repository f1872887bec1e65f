import { stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ListedOperation } from './manifest.ts';

/** `only` refuses other operations. `report` executes and reports them. */
export type SafelistMode = 'only' | 'report';

/** The operations that the operator allows, by id and by document. */
export class Safelist {
  readonly mode: SafelistMode;
  #textsById: ReadonlyMap<string, string> = new Map();
  /** Documents by their text without insignificant characters: white space, commas and comments. */
  #textsByMeaning: ReadonlyMap<string, string> = new Map();
  #texts: ReadonlySet<string> = new Set();
  #maxLength = 0;
  readonly #variants = new LRUCache<string, string>({ max: MAX_VARIANTS });

  /** @param operations operations with valid documents */
  constructor(mode: SafelistMode, operations: readonly ListedOperation[]) {
    this.mode = mode;
    this.replace(operations);
  }

  /** Replaces the allowed operations. */
  replace(operations: readonly ListedOperation[]): void {
    this.#textsById = new Map(operations.map(({ id, text }) => [id, text]));
    this.#texts = new Set(this.#textsById.values());
    this.#textsByMeaning = new Map(
      [...this.#texts].map((text) => [stripIgnoredCharacters(text), text]),
    );
    this.#maxLength = LAYOUT_FACTOR * Math.max(0, ...[...this.#texts].map((text) => text.length));
    this.#variants.clear();
  }

  /** @returns the document with this id */
  find(id: string): string | undefined {
    if (id.length > MAX_ID) return undefined;
    return (
      this.#textsById.get(id) ??
      (id.startsWith(SHA256) ? this.#textsById.get(id.slice(SHA256.length)) : undefined)
    );
  }

  /** @returns the equivalent document of the safelist */
  match(text: string): string | undefined {
    if (this.#texts.has(text)) return text;
    if (text.length > this.#maxLength) return undefined;
    const known = this.#variants.get(text);
    if (known !== undefined) return known;
    const listed = this.#textsByMeaning.get(withoutLayout(text) ?? '');
    if (listed !== undefined) this.#variants.set(text, listed);
    return listed;
  }
}

/** Maximum length of an id: ids are hashes or operation names. */
const MAX_ID = 1000;

/** The prefix of a hash in GraphQL over HTTP, appendix A; manifests have the bare hash. */
const SHA256 = 'sha256:';

/** Documents longer than this multiple of the longest listed one are not normalized: that would cost more than refusing them. */
const LAYOUT_FACTOR = 4;

/** Clients print an operation in few layouts. */
const MAX_VARIANTS = 1000;

function withoutLayout(text: string): string | undefined {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return undefined;
  }
}
