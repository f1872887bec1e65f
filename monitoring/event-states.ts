import { Counter, Gauge, type Registry } from 'prom-client';
import { CodedError } from '../errors/coded-error.ts';
import {
  describeUnexpectedError,
  describeUpstreamError,
  type ErrorDescription,
} from '../errors/describe-error.ts';
import type { CatchUpMonitor, CatchUpStatus } from '../events/catch-up/vendor-catch-up.ts';
import { LogUnavailable, NotStored } from '../events/log/change-log.ts';
import type { EventLogger } from '../request/event-logger.ts';

/** The state of each vendor's events. */
export interface StatusSource {
  readonly statuses: readonly CatchUpStatus[];
}

/** The state of a vendor's events in `/health/ready`. */
export interface EventState {
  /** Whether caches can rely on its webhooks. */
  readonly healthy: boolean;
  /** The time of the newest event that this process has received; absent before the first. */
  readonly newest?: string;
}

/** Whether vendors report all their changes; for metrics, health and log. */
export class EventStates implements CatchUpMonitor {
  logger: EventLogger | undefined;
  readonly #missed: Counter<'vendor'>;
  readonly #failing = new Set<string>();
  #source: StatusSource = { statuses: [] };

  constructor(register: Registry) {
    this.#missed = new Counter({
      name: 'tributary_events_missed_total',
      help: 'Changes that a catch-up found and no webhook had reported.',
      labelNames: ['vendor'],
      registers: [register],
    });
    const statuses = () => this.#source.statuses;
    new Gauge({
      name: 'tributary_events_healthy',
      help: 'Whether caches may rely on the webhooks of a vendor: 1 or 0.',
      labelNames: ['vendor'],
      registers: [register],
      collect() {
        for (const { vendor, isHealthy } of statuses()) this.set({ vendor }, isHealthy ? 1 : 0);
      },
    });
    new Gauge({
      name: 'tributary_event_catch_up_age_seconds',
      help: 'Time since the last catch-up with a vendor that succeeded, of any instance; if none has, since the start of this process.',
      labelNames: ['vendor'],
      registers: [register],
      collect() {
        for (const { vendor, caughtUpMsAgo } of statuses())
          if (caughtUpMsAgo !== undefined) this.set({ vendor }, caughtUpMsAgo / 1000);
      },
    });
  }

  watch(source: StatusSource): void {
    this.#source = source;
    for (const { vendor } of source.statuses) this.#missed.inc({ vendor }, 0);
  }

  caughtUp(vendor: string, { missed }: { readonly missed: number }): void {
    if (this.#failing.delete(vendor)) this.logger?.info({ vendor }, 'catch-ups succeed again');
    if (missed === 0) return;
    this.#missed.inc({ vendor }, missed);
    this.logger?.warn({ vendor, missed }, 'webhooks had missed changes, which were caught up with');
  }

  failed(vendor: string, error: unknown): void {
    if (this.#failing.has(vendor)) return;
    this.#failing.add(vendor);
    this.logger?.warn(
      { vendor, error: describeFailure(error) },
      'a catch-up failed, and is tried again',
    );
  }

  /** By vendor; empty without catch-up. */
  byVendor(): Readonly<Record<string, EventState>> {
    return Object.fromEntries(
      this.#source.statuses.map(({ vendor, isHealthy, newestAt }) => [
        vendor,
        {
          healthy: isHealthy,
          ...(newestAt !== undefined && { newest: new Date(newestAt).toISOString() }),
        },
      ]),
    );
  }
}

function describeFailure(error: unknown): ErrorDescription {
  if (error instanceof CodedError) return describeUpstreamError(error);
  if (error instanceof LogUnavailable || error instanceof NotStored)
    return { name: error.name, message: error.message };
  return describeUnexpectedError(error);
}
