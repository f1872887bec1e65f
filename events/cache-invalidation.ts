import { randomUUID } from 'node:crypto';
import type { CacheTags, LogPlace } from '../request/cache-tags.ts';
import type { CallTrace, RequestScope } from '../request/request-scope.ts';
import type { ResponseStore } from '../state/shared-state.ts';
import type { Change } from './change.ts';
import type { ChangeLog } from './log/change-log.ts';
import type { EventHealth } from './catch-up/event-health.ts';
import type { LogTail } from './log/log-tail.ts';
import { RecentChanges } from './recent-changes.ts';

export interface CacheInvalidationOptions {
  readonly log: ChangeLog;
  /** One that has not started: changes are remembered here from its beginning on. */
  readonly tail: LogTail;
  /** How far back the tail begins; milliseconds. */
  readonly rebuildMs: number;
}

/** A change that a write of this graph makes, as far as its request and its response name it. */
export type WrittenChange = Pick<Change, 'type' | 'id' | 'kind' | 'related' | 'changed'>;

/** Tells caches which responses changes have made void, and the log which records this graph has changed. */
export class CacheInvalidation {
  /** Whether other processes append to the log. */
  readonly isShared: boolean;
  readonly #log: ChangeLog;
  readonly #tail: LogTail;
  readonly #recent: RecentChanges;
  readonly #places = new WeakMap<CallTrace, Promise<LogPlace | undefined>>();
  readonly #vendorsToErase = new Set<string>();
  #isErasing = false;
  #responses: Pick<ResponseStore, 'deleteAll'> | undefined;
  #health: EventHealth | undefined;

  constructor({ log, tail, rebuildMs }: CacheInvalidationOptions) {
    this.isShared = log.isShared;
    this.#log = log;
    this.#tail = tail;
    this.#recent = new RecentChanges({ rememberedMs: rebuildMs });
    tail.listen(
      (entries, head) => {
        this.#recent.add(entries, head);
        for (const { change } of entries)
          if (change.isErasure === true) this.#vendorsToErase.add(change.vendor);
        if (this.#vendorsToErase.size > 0) void this.#erase();
      },
      (head) => {
        this.#recent.forget(head);
      },
    );
  }

  /** Until this is called, events of no vendor are relied on. */
  trust(health: EventHealth): void {
    this.#health = health;
  }

  /** Whether a vendor's events tell of each of its changes. */
  isHealthy(vendor: string): boolean {
    return this.#health?.isHealthy(vendor) === true;
  }

  /**
   * Where the log is for a client's request, whose changes up to there are all known here: read once, when the first cache looks.
   * @returns undefined where that is not known: the log cannot be read, or its changes come late
   */
  placeOf({ trace, logPlace }: RequestScope): Promise<LogPlace | undefined> {
    const known = this.#places.get(trace);
    if (known !== undefined) return known;
    const place = this.#readPlace(logPlace);
    this.#places.set(trace, place);
    return place;
  }

  /** Whether nothing that a response depends on has changed since it was asked for. */
  isUnchanged(vendor: string, tags: CacheTags, requestedAt: LogPlace): boolean {
    return this.#recent.isUnchanged(vendor, tags, requestedAt);
  }

  /** Whether any change of a vendor has been heard. */
  hasChangesOf(vendor: string): boolean {
    return this.#recent.hasChangesOf(vendor);
  }

  /** Names the changes of some types that have been heard so far: another text after each further one. */
  revisionOf(vendor: string, types: readonly string[]): string {
    return this.#recent.revisionOf(vendor, types);
  }

  /**
   * Appends changes that this graph makes to the log.
   * @returns whether all who read the log will know of them
   */
  async publish(vendor: string, changes: readonly WrittenChange[]): Promise<boolean> {
    if (changes.length === 0) return true;
    const at = Date.now();
    try {
      await this.#log.append([
        {
          key: `write:${randomUUID()}`,
          changes: changes.map((change) => ({ ...change, vendor, at, source: 'write' })),
        },
      ]);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Removes all cached responses of a vendor each time that a person's data must be erased there: which of them hold it is not known of all.
   * Where that fails it is tried again.
   */
  eraseFrom(responses: Pick<ResponseStore, 'deleteAll'>): void {
    this.#responses = responses;
    void this.#erase();
  }

  async #erase(): Promise<void> {
    if (this.#isErasing || this.#responses === undefined) return;
    this.#isErasing = true;
    for (const vendor of this.#vendorsToErase) {
      this.#vendorsToErase.delete(vendor);
      if (await this.#responses.deleteAll(`${vendor}:`)) continue;
      this.#vendorsToErase.add(vendor);
      setTimeout(() => void this.#erase(), ERASE_AGAIN_MS).unref();
      break;
    }
    this.#isErasing = false;
  }

  async #readPlace(requestPlace: LogPlace | undefined): Promise<LogPlace | undefined> {
    if (!this.#tail.isReadable) return undefined;
    try {
      const { log, position, time } = requestPlace ?? (await this.#log.head());
      const isKnown = await this.#tail.reach(position, REACH_MS);
      return isKnown && this.#tail.head?.log === log ? { log, position, time } : undefined;
    } catch {
      return undefined;
    }
  }
}

/** For how long a request waits for changes to be heard, before it does without caches. */
const REACH_MS = 500;
const ERASE_AGAIN_MS = 5000;
