import { stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ListedOperation } from './manifest.ts';

/** `only`: everything else is refused. `report`: it is answered, and told of. */
export type SafelistMode = 'only' | 'report';

/** The operations that the operator expects, by id and by text. */
export class Safelist {
  readonly mode: SafelistMode;
  #textsById: ReadonlyMap<string, string> = new Map();
  /** Texts by themselves without what means nothing: white space, commas and comments. */
  #textsByMeaning: ReadonlyMap<string, string> = new Map();
  #texts: ReadonlySet<string> = new Set();
  #maxLength = 0;
  readonly #variants = new LRUCache<string, string>({ max: MAX_VARIANTS });

  /** @param operations whose texts are GraphQL */
  constructor(mode: SafelistMode, operations: readonly ListedOperation[]) {
    this.mode = mode;
    this.replace(operations);
  }

  /** From now on, these are expected instead. */
  replace(operations: readonly ListedOperation[]): void {
    this.#textsById = new Map(operations.map(({ id, text }) => [id, text]));
    this.#texts = new Set(this.#textsById.values());
    this.#textsByMeaning = new Map(
      [...this.#texts].map((text) => [stripIgnoredCharacters(text), text]),
    );
    this.#maxLength = LAYOUT_FACTOR * Math.max(0, ...[...this.#texts].map((text) => text.length));
    this.#variants.clear();
  }

  /** @returns the text with this id */
  find(id: string): string | undefined {
    if (id.length > MAX_ID) return undefined;
    return (
      this.#textsById.get(id) ??
      (id.startsWith(SHA256) ? this.#textsById.get(id.slice(SHA256.length)) : undefined)
    );
  }

  /** @returns the text on the list that means the same */
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

/** Characters; ids are hashes, or the names of operations. */
const MAX_ID = 1000;

/** The prefix of a hash in GraphQL over HTTP, appendix A; manifests have the bare hash. */
const SHA256 = 'sha256:';

/** What is longer than any listed text by so much is not looked at: reading it would cost more than refusing it. */
const LAYOUT_FACTOR = 4;

/** Clients print an operation in one way or another, not in a thousand. */
const MAX_VARIANTS = 1000;

function withoutLayout(text: string): string | undefined {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return undefined;
  }
}
