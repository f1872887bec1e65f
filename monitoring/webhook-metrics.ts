import { Counter, Histogram, type Registry } from 'prom-client';
import type { EventLogger } from '../request/event-logger.ts';
import { LogRepeats } from './log-repeats.ts';

/** The result for events of a vendor. `reason` has few values; empty if the result needs none. */
export interface ReceivedEvents {
  readonly vendor: string;
  readonly result: 'stored' | 'duplicate' | 'ignored' | 'refused' | 'unreadable' | 'not-stored';
  readonly reason?: string;
  /** A sentence for the log, without content of events: why they were not stored. */
  readonly problem?: string;
  /** @default 1 */
  readonly count?: number;
}

/** Receives the results of vendor events. Must not throw. */
export interface WebhookMonitor {
  received(events: ReceivedEvents): void;
  /** The time from an event to its storage, by the vendor's clock and this host's. */
  storedAfter(vendor: string, ms: number): void;
}

/** Counts vendor events, and logs failures: the first of a kind, and then one per minute with the number of repeats. */
export class WebhookMetrics implements WebhookMonitor {
  logger: EventLogger | undefined;
  readonly #events: Counter<'vendor' | 'result' | 'reason'>;
  readonly #lag: Histogram<'vendor'>;
  readonly #repeats: LogRepeats;

  /** @param now returns the time in milliseconds. @default performance.now */
  constructor(register: Registry, now?: () => number) {
    this.#events = new Counter({
      name: 'tributary_events_received_total',
      help: 'Events that vendors sent, by what became of them: stored, duplicate, ignored (type, account, mode), refused (the signature), unreadable, not-stored.',
      labelNames: ['vendor', 'result', 'reason'],
      registers: [register],
    });
    this.#lag = new Histogram({
      name: 'tributary_event_lag_seconds',
      help: "Time from an event, by the vendor's clock, until it was stored.",
      labelNames: ['vendor'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400],
      registers: [register],
    });
    this.#repeats = new LogRepeats(now);
  }

  received({ vendor, result, reason = '', problem, count = 1 }: ReceivedEvents): void {
    this.#events.inc({ vendor, result, reason }, count);
    const message = MESSAGES[result];
    if (message === undefined) return;
    const repeated = this.#repeats.next([vendor, result, reason].join(' '));
    if (repeated === undefined) return;
    const fields = { vendor, ...(reason !== '' && { reason }), ...(problem && { problem }) };
    this.logger?.warn({ ...fields, ...repeated }, message);
  }

  storedAfter(vendor: string, ms: number): void {
    this.#lag.observe({ vendor }, Math.max(0, ms) / 1000);
  }
}

const MESSAGES: Partial<Record<ReceivedEvents['result'], string>> = {
  refused: 'a webhook was refused',
  unreadable: 'a webhook has a form that this version does not know',
  'not-stored': 'events of a webhook were not stored',
};
