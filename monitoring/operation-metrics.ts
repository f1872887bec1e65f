import { Counter, Histogram, type Registry } from 'prom-client';
import type { OperationCost, VendorCalls } from '../request/operation-cost.ts';
import type { AnsweredOperation } from './answered-operation.ts';
import { BoundedNames } from './bounded-names.ts';

/** Metrics of operations and their results. */
export class OperationMetrics {
  readonly #names = new BoundedNames(MAX_NAMES);
  readonly #durations: Histogram<'operation' | 'type' | 'outcome' | 'audience'>;
  readonly #errors: Counter<'code' | 'service'>;
  readonly #costs: Histogram;
  readonly #calls: Histogram<'service' | 'count'>;

  constructor(register: Registry) {
    this.#durations = new Histogram({
      name: 'tributary_operation_duration_seconds',
      help: 'Time from a GraphQL request to its response.',
      labelNames: ['operation', 'type', 'outcome', 'audience'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [register],
    });
    this.#errors = new Counter({
      name: 'tributary_operation_errors_total',
      help: 'Errors in GraphQL responses.',
      labelNames: ['code', 'service'],
      registers: [register],
    });
    this.#costs = new Histogram({
      name: 'tributary_operation_cost',
      help: 'Estimated cost of operations, including refused ones.',
      buckets: [1, 10, 100, 1000, 10_000, 50_000, 100_000],
      registers: [register],
    });
    this.#calls = new Histogram({
      name: 'tributary_operation_vendor_calls',
      help: 'Vendor calls of an operation: the maximum, calculated before it runs (estimated), and the calls that were made (actual).',
      labelNames: ['service', 'count'],
      buckets: [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
      registers: [register],
    });
  }

  answered(
    { name, type = 'unknown', audience, outcome, errors, cost, calls }: AnsweredOperation,
    ms: number,
  ): void {
    // Only names of valid operations become labels: refused requests can contain any name.
    const operation =
      type === 'unknown'
        ? 'unknown'
        : name === undefined
          ? 'anonymous'
          : this.#names.labelFor(name);
    this.#durations.observe(
      { operation, type, outcome, ...(audience !== undefined && { audience }) },
      ms / 1000,
    );
    for (const { code, service = 'none' } of errors) this.#errors.inc({ code, service });
    if (cost !== undefined) this.#observeCost(cost, calls);
  }

  #observeCost({ estimated, calls: foreseen }: OperationCost, made: VendorCalls | undefined): void {
    this.#costs.observe(estimated);
    for (const service of new Set([...Object.keys(foreseen), ...Object.keys(made ?? {})])) {
      const [most, actual] = [foreseen[service] ?? 0, made?.[service] ?? 0];
      if (most === 0 && actual === 0) continue;
      this.#calls.observe({ service, count: 'estimated' }, most);
      if (made !== undefined) this.#calls.observe({ service, count: 'actual' }, actual);
    }
  }
}

/** Each name creates up to a few dozen series. */
const MAX_NAMES = 100;
