import { LRUCache } from 'lru-cache';

/** Texts that clients ask for by their hash, once one of them has sent the text: Apollo's automatic persisted queries. */
export class AutomaticQueries {
  readonly #texts = new LRUCache<string, string>({ maxSize: MAX_CHARACTERS, sizeCalculation: (text) => text.length });

  find(hash: string): string | undefined {
    return hash.length === HASH_LENGTH ? this.#texts.get(PREFIX + hash) : undefined;
  }

  add(hash: string, text: string): void {
    this.#texts.set(PREFIX + hash, text);
  }

  /** In the form that Apollo Server asks for. */
  readonly cache = {
    get: (key: string) => Promise.resolve(this.find(key.slice(PREFIX.length))),
    set: (key: string, text: string) => {
      this.#texts.set(key, text);
      return Promise.resolve();
    },
    delete: (key: string) => Promise.resolve(this.#texts.delete(key)),
  };
}

const MAX_CHARACTERS = 10 * 1024 * 1024;

/** SHA-256, in hexadecimal digits. */
const HASH_LENGTH = 64;

/** What Apollo Server puts before each key. */
const PREFIX = 'apq:';
