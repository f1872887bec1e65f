import { Counter, Histogram, type Registry } from 'prom-client';
import type { AnsweredOperation } from './answered-operation.ts';
import { BoundedNames } from './bounded-names.ts';

/** Counts what clients asked for, and what came of it. */
export class OperationMetrics {
  readonly #names = new BoundedNames(MAX_NAMES);
  readonly #durations: Histogram<'operation' | 'type' | 'outcome' | 'audience'>;
  readonly #errors: Counter<'code' | 'service'>;

  constructor(register: Registry) {
    this.#durations = new Histogram({
      name: 'tributary_operation_duration_seconds',
      help: 'From a GraphQL request to its answer.',
      labelNames: ['operation', 'type', 'outcome', 'audience'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [register],
    });
    this.#errors = new Counter({
      name: 'tributary_operation_errors_total',
      help: 'Errors in GraphQL answers.',
      labelNames: ['code', 'service'],
      registers: [register],
    });
  }

  answered({ name, type = 'unknown', audience, outcome, errors }: AnsweredOperation, ms: number): void {
    // A name counts once it is one of a valid operation: what is refused comes from anybody.
    const operation = type === 'unknown' ? 'unknown' : name === undefined ? 'anonymous' : this.#names.labelFor(name);
    this.#durations.observe({ operation, type, outcome, ...(audience !== undefined && { audience }) }, ms / 1000);
    for (const { code, service = 'none' } of errors) this.#errors.inc({ code, service });
  }
}

/** Each name costs up to a few dozen series. */
const MAX_NAMES = 100;
