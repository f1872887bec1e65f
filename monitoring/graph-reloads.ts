import { Counter, Gauge, type Registry } from 'prom-client';

/** The result of a reload: another graph, an unchanged one, or a failure after which the last good graph remains. */
export type ReloadResult = 'replaced' | 'unchanged' | 'failed';

/** The served graph and the result of its last reload, for metrics and health. */
export class GraphReloads {
  readonly #reloads: Counter<'result'>;
  #revision: string | undefined;
  #hasFailed = false;

  constructor(register: Registry) {
    this.#reloads = new Counter({
      name: 'tributary_graph_reloads_total',
      help: 'Reloads of the graph: replaced, unchanged, or failed (the last good graph remains in use).',
      labelNames: ['result'],
      registers: [register],
    });
    const hasFailed = () => this.#hasFailed;
    new Gauge({
      name: 'tributary_graph_last_reload_successful',
      help: 'Whether the last reload of the graph was successful: 1 or 0. 1 before the first.',
      registers: [register],
      collect() {
        this.set(hasFailed() ? 0 : 1);
      },
    });
    const revision = () => this.#revision;
    new Gauge({
      name: 'tributary_graph_info',
      help: 'The revision of the graph that is served: equal for equal graphs. The value is 1.',
      labelNames: ['revision'],
      registers: [register],
      collect() {
        this.reset();
        const served = revision();
        if (served !== undefined) this.set({ revision: served }, 1);
      },
    });
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Undefined before the first graph. */
  get revision(): string | undefined {
    return this.#revision;
  }

  serves(revision: string): void {
    this.#revision = revision;
  }

  reloaded(result: ReloadResult): void {
    this.#reloads.inc({ result });
    this.#hasFailed = result === 'failed';
  }
}
