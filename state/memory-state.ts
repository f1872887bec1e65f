import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createMemoryBudgets } from './memory-budgets.ts';
import type {
  ResponseStore,
  SlotStore,
  Rate,
  SharedState,
  KeyValueStore,
  Versions,
} from './shared-state.ts';

/** The state of a single instance. */
export function createMemoryState(): SharedState {
  return {
    keyValues: createMemoryKeyValues(),
    responses: createMemoryResponses(),
    slots: createMemorySlots(),
    budgets: createMemoryBudgets(),
    close: () => Promise.resolve(),
  };
}

/** Above this number, the least recently used are evicted. */
const MAX_KEYS = 50_000;

export const createMemoryKeyValues = (): KeyValueStore =>
  createKeyValueStore(new LRUCache({ max: MAX_KEYS }));

/** In characters of one or two bytes each. */
const MAX_RESPONSES_SIZE = 32 * 1024 * 1024;

export function createMemoryResponses(): ResponseStore {
  const texts = new LRUCache<string, string>({
    maxSize: MAX_RESPONSES_SIZE,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  return {
    ...createKeyValueStore(texts),
    ...createMemoryVersions(),
    deleteAll: (prefix) => {
      for (const key of [...texts.keys()]) if (key.startsWith(prefix)) texts.delete(key);
      return Promise.resolve(true);
    },
  };
}

function createMemoryVersions(): Versions {
  const versions = new Map<string, string>();
  const renewVersion = (group: string) => {
    const version = randomUUID();
    versions.set(group, version);
    return Promise.resolve(version);
  };
  return {
    renewVersion,
    version: (group) => {
      const version = versions.get(group);
      return version === undefined ? renewVersion(group) : Promise.resolve(version);
    },
  };
}

function createKeyValueStore(texts: LRUCache<string, string>): KeyValueStore {
  const set = (key: string, text: string, seconds: number) =>
    void texts.set(key, text, { ttl: seconds * 1000 });
  return {
    get: (key) => Promise.resolve(texts.get(key) ?? null),
    set: (key, text, seconds) => {
      set(key, text, seconds);
      return Promise.resolve();
    },
    claim: (key, text, seconds) => {
      const known = texts.get(key);
      if (known === undefined) set(key, text, seconds);
      return Promise.resolve(known ?? null);
    },
    delete: (key) => Promise.resolve(void texts.delete(key)),
    now: () => Promise.resolve(Date.now()),
  };
}

export function createMemorySlots(): SlotStore {
  const windows = new Map<string, SlidingWindow>();
  return {
    take: (key, rate) => {
      const window = windows.get(key) ?? new SlidingWindow();
      windows.set(key, window);
      return Promise.resolve(window.take(rate));
    },
  };
}

/** The places taken: those still held, and the times at which others were settled. */
class SlidingWindow {
  #held = 0;
  #settled: number[] = [];

  take({ limit, windowMs }: Rate) {
    const now = performance.now();
    const first = this.#settled.findIndex((time) => time > now - windowMs);
    this.#settled = first === -1 ? [] : this.#settled.slice(first);
    if (this.#held + this.#settled.length < limit) {
      this.#held += 1;
      return { settle: this.#settleOnce() };
    }
    const oldest = this.#settled[0];
    return { waitMs: oldest === undefined ? HELD_MS : Math.ceil(oldest + windowMs - now) };
  }

  #settleOnce(): () => void {
    let isPending = true;
    return () => {
      if (!isPending) return;
      isPending = false;
      this.#held -= 1;
      this.#settled.push(performance.now());
    };
  }
}

/** How long to wait if all places are held: it is not known when one of them is settled. */
const HELD_MS = 50;
