import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CallRecord, MappingProblemRecord } from '../request/request-scope.ts';
import type { BreakerStates } from './breaker-states.ts';

/** Metrics of vendor calls. */
export class UpstreamMetrics {
  readonly #calls: Histogram<'vendor' | 'method' | 'path' | 'status'>;
  readonly #retries: Counter<'vendor'>;
  readonly #waits: Histogram<'vendor'>;
  readonly #lookups: Counter<'vendor' | 'result'>;
  readonly #mappingProblems: Counter<'vendor' | 'kind'>;
  readonly #truncated: Counter<'vendor' | 'field'>;
  readonly #sharedState: Gauge;

  constructor(register: Registry, breakers: BreakerStates) {
    const registers = [register];
    this.#calls = new Histogram({
      name: 'tributary_upstream_call_duration_seconds',
      help: 'Duration of vendor calls, including the response body. Each retry counts separately.',
      labelNames: ['vendor', 'method', 'path', 'status'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#retries = new Counter({
      name: 'tributary_upstream_retries_total',
      help: 'Retries of vendor calls.',
      labelNames: ['vendor'],
      registers,
    });
    this.#waits = new Histogram({
      name: 'tributary_upstream_limit_wait_seconds',
      help: 'Time that vendor calls waited for a rate-limit slot, including calls that got none.',
      labelNames: ['vendor'],
      buckets: [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#lookups = new Counter({
      name: 'tributary_upstream_cache_lookups_total',
      help: 'Lookups of cached responses: hit, miss, or stale (expired, and used because the vendor failed).',
      labelNames: ['vendor', 'result'],
      registers,
    });
    this.#mappingProblems = new Counter({
      name: 'tributary_connector_mapping_problems_total',
      help: 'What mappings of connectors could not do, such as read a property that a response lacks, by source and kind.',
      labelNames: ['vendor', 'kind'],
      registers,
    });
    this.#truncated = new Counter({
      name: 'tributary_upstream_truncated_lists_total',
      help: 'Lists of which a response has the first items only, as maxPages and maxItems say.',
      labelNames: ['vendor', 'field'],
      registers,
    });
    // The gauge has no value without Redis.
    this.#sharedState = new Gauge({
      name: 'tributary_shared_state_up',
      help: 'Whether Redis is connected: 1 or 0. Absent if none is configured.',
      registers,
    });
    this.#sharedState.remove();
    addBreakerGauge(register, breakers);
  }

  called({ vendor, method, path, status, ms }: CallRecord): void {
    this.#calls.observe({ vendor, method, path, status: classOf(status) }, ms / 1000);
  }

  retried(vendor: string): void {
    this.#retries.inc({ vendor });
  }

  waited(vendor: string, ms: number): void {
    this.#waits.observe({ vendor }, ms / 1000);
  }

  cacheLookup(vendor: string, result: string): void {
    this.#lookups.inc({ vendor, result });
  }

  mappingFailed({ vendor, kind, count }: MappingProblemRecord): void {
    this.#mappingProblems.inc({ vendor, kind }, count);
  }

  listTruncated(vendor: string, field: string): void {
    this.#truncated.inc({ vendor, field });
  }

  sharedStateChanged(isShared: boolean): void {
    this.#sharedState.set(isShared ? 1 : 0);
  }
}

const classOf = (status: number | null) =>
  status === null ? 'none' : `${String(Math.floor(status / 100))}xx`;

function addBreakerGauge(register: Registry, breakers: BreakerStates): void {
  new Gauge({
    name: 'tributary_upstream_breaker_state',
    help: 'The state of the circuit breaker: 1 for the current state, 0 for the others.',
    labelNames: ['vendor', 'calls', 'state'],
    registers: [register],
    collect() {
      for (const { vendor, calls, state } of breakers.list()) {
        for (const each of ['closed', 'half-open', 'open'] as const)
          this.set({ vendor, calls, state: each }, each === state ? 1 : 0);
      }
    },
  });
}
