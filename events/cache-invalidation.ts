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
  /** Must not have started: this class needs all its changes. */
  readonly tail: LogTail;
  /** How far back the tail starts to read; milliseconds. */
  readonly rebuildMs: number;
}

/** A change by a mutation of this graph, as its request and response name it. */
export type WrittenChange = Pick<
  Change,
  'type' | 'id' | 'kind' | 'related' | 'changed' | 'searchLagMs'
>;

/** Invalidates cached responses when records change. Appends this graph's own writes to the log. */
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
        this.#recent.clear(head);
      },
    );
  }

  /** Until this is called, all vendors count as unhealthy. */
  trust(health: EventHealth): void {
    this.#health = health;
  }

  /** Whether a vendor's events report each of its changes. */
  isHealthy(vendor: string): boolean {
    return this.#health?.isHealthy(vendor) === true;
  }

  /**
   * The log's head for a client's request, once this process has all changes up to it. Read once, by the first cache lookup.
   * @returns undefined if the log cannot be read, or its changes arrive late
   */
  placeOf({ trace, logPlace }: RequestScope): Promise<LogPlace | undefined> {
    const known = this.#places.get(trace);
    if (known !== undefined) return known;
    const place = this.#readPlace(logPlace);
    this.#places.set(trace, place);
    return place;
  }

  /** Whether nothing that a response depends on has changed since its request. */
  isUnchanged(vendor: string, tags: CacheTags, requestedAt: LogPlace): boolean {
    return this.#recent.isUnchanged(vendor, tags, requestedAt);
  }

  /** Whether any change of a vendor was received. */
  hasChangesOf(vendor: string): boolean {
    return this.#recent.hasChangesOf(vendor);
  }

  /** A revision of some types. It differs after each further change. */
  revisionOf(vendor: string, types: readonly string[]): string {
    return this.#recent.revisionOf(vendor, types);
  }

  /**
   * Appends changes that this graph makes to the log.
   * @returns whether they were stored, so that all readers receive them
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
   * Removes all cached responses of a vendor when a person's data must be erased: it is not known which of them hold it.
   * A failure is retried.
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

/** How long a request waits for the tail. Then it bypasses the caches. */
const REACH_MS = 500;
const ERASE_AGAIN_MS = 5000;
