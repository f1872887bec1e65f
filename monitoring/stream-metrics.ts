import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * Why a stream ended: the client ended it, its credential expired or was revoked, its maximum duration has passed, the server drains, the caller
 * lost access to the field, the graph or a limit refuses it, or this server failed.
 */
export type StreamEnd =
  'client' | 'credential' | 'expired' | 'draining' | 'forbidden' | 'refused' | 'failed';

/** Why a stream misses changes: the client reads too slowly, its cursor is too old or of another log, or the log was lost. */
export type LossReason = 'slow' | 'cursor' | 'log';

/** Receives events of subscription streams. Must not throw. */
export interface StreamMonitor {
  opened(transport: string): void;
  ended(transport: string, reason: StreamEnd): void;
  /** A payload was passed to the transport. @param lagMs time since its change was stored */
  sent(transport: string, outcome: 'complete' | 'partial' | 'failed', lagMs: number): void;
  /** A change was merged with a waiting one. */
  merged(): void;
  /** A limit delayed a payload. */
  deferred(): void;
  lost(reason: LossReason): void;
}

export class StreamMetrics implements StreamMonitor {
  readonly #open: Gauge<'transport'>;
  readonly #ended: Counter<'transport' | 'reason'>;
  readonly #payloads: Counter<'transport' | 'outcome'>;
  readonly #merged: Counter;
  readonly #deferred: Counter;
  readonly #lost: Counter<'reason'>;
  readonly #lag: Histogram;

  constructor(register: Registry) {
    const registers = [register];
    this.#open = new Gauge({
      name: 'tributary_streams',
      help: 'Open subscription streams.',
      labelNames: ['transport'],
      registers,
    });
    this.#ended = new Counter({
      name: 'tributary_streams_ended_total',
      help: 'Subscription streams that ended: client, credential (revoked or expired), expired (an hour old), draining, forbidden, refused (by the graph or a limit), failed.',
      labelNames: ['transport', 'reason'],
      registers,
    });
    this.#payloads = new Counter({
      name: 'tributary_stream_payloads_total',
      help: 'Payloads of subscriptions.',
      labelNames: ['transport', 'outcome'],
      registers,
    });
    this.#merged = new Counter({
      name: 'tributary_stream_changes_merged_total',
      help: 'Changes that were merged with a change of the same record that waited for a slow client.',
      registers,
    });
    this.#deferred = new Counter({
      name: 'tributary_stream_payloads_deferred_total',
      help: 'Payloads that wait because a limit of the caller refused them.',
      registers,
    });
    this.#lost = new Counter({
      name: 'tributary_stream_events_lost_total',
      help: 'Streams that received EVENTS_LOST: slow (the client reads too slowly), cursor (too old, or of another log), log (the log was lost).',
      labelNames: ['reason'],
      registers,
    });
    this.#lag = new Histogram({
      name: 'tributary_stream_lag_seconds',
      help: 'Time from the storage of a change to its payload.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600],
      registers,
    });
  }

  opened(transport: string): void {
    this.#open.inc({ transport });
  }

  ended(transport: string, reason: StreamEnd): void {
    this.#open.dec({ transport });
    this.#ended.inc({ transport, reason });
  }

  sent(transport: string, outcome: 'complete' | 'partial' | 'failed', lagMs: number): void {
    this.#payloads.inc({ transport, outcome });
    this.#lag.observe(lagMs / 1000);
  }

  merged(): void {
    this.#merged.inc();
  }

  deferred(): void {
    this.#deferred.inc();
  }

  lost(reason: LossReason): void {
    this.#lost.inc({ reason });
  }
}
