import type { Change, NewEvent } from '../../../events/change.ts';
import type { VendorChanges } from '../../../events/catch-up/vendor-events.ts';
import { changeOf as anyChangeOf } from '../changes.ts';

/** An arbitrary start. */
export const T0 = Date.UTC(2026, 10, 28, 12);

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A vendor with changes that the test sets. */
export class TestVendor {
  /** All its changes. */
  changes: readonly Change[] = [];
  /** The error of its API, if any. */
  failure: Error | undefined;
  /** How many changes it lists before the failure. */
  failsAfter = 0;
  /** Delays responses until it resolves, or the catch-up is aborted. */
  held: Promise<void> = Promise.resolve();
  /** Called before each page. */
  onPage: () => Promise<void> = () => Promise.resolve();
  /** The `since` of each request. */
  readonly requestedSince: number[] = [];
  /** The time of each request; minutes since T0. */
  readonly minutes: number[] = [];
  clock: () => number = () => NaN;
  readonly events: VendorChanges;

  constructor({
    hasWebhooks = true,
    sameChangeMs,
  }: { readonly hasWebhooks?: boolean; readonly sameChangeMs?: number } = {}) {
    this.events = {
      vendor: 'acme',
      webhooks: hasWebhooks
        ? { secrets: [], receive: () => ({ kind: 'refused', reason: 'unsigned' }) }
        : undefined,
      ...(sameChangeMs !== undefined && { sameChangeMs }),
      catchUp: (since, { signal }) => this.#list(since, signal),
    };
  }

  async *#list(since: number, signal: AbortSignal | undefined): AsyncIterable<readonly NewEvent[]> {
    this.requestedSince.push(since);
    this.minutes.push(Math.floor((this.clock() - T0) / MINUTE));
    await Promise.race([this.held, rejectionOf(signal)]);
    let listed = 0;
    for (const change of this.changes) {
      if (this.failure !== undefined && listed >= this.failsAfter) throw this.failure;
      if (change.at < since) continue;
      listed += 1;
      await this.onPage();
      yield [eventOf(change)];
    }
    if (this.failure !== undefined) throw this.failure;
  }
}

/** Rejects when a signal is aborted. */
const rejectionOf = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

/** A change of the vendor, as a catch-up finds it. */
export const changeOf = (id: string, at: number, rest: Partial<Change> = {}): Change =>
  anyChangeOf(id, { vendor: 'acme', type: 'Widget', at, source: 'catch-up', ...rest });

export const eventOf = (change: Change, key = `${change.id}:${String(change.at)}`): NewEvent => ({
  key,
  changes: [change],
});
