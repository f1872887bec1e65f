import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventLogger } from '../request/event-logger.ts';

const RESULTS = [
  'answered',
  'abandoned',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_AUTH',
  'UPSTREAM_CONTRACT',
] as const;

/** The result of a request to a service: a GraphQL response, an early end by the client, or an error code. */
export type ServiceResult = (typeof RESULTS)[number];

/** Receives events of the connections to services. Must not throw. */
export interface ServiceMonitor {
  /** A graph has connected to a service; several times while one graph replaces another. */
  connected(service: string): void;
  /** A graph's connections to a service are closed. After the last of them, the service is not part of the graph. */
  disconnected(service: string): void;
  /** A request ended. */
  ended(service: string, result: ServiceResult): void;
}

export const NO_SERVICE_MONITOR: ServiceMonitor = {
  connected: () => undefined,
  disconnected: () => undefined,
  ended: () => undefined,
};

export type ServiceState = 'up' | 'failing';

/** Whether the last request to each service succeeded; for metrics, health and log. */
export class ServiceStates implements ServiceMonitor {
  logger: EventLogger | undefined;
  readonly #requests: Counter<'service' | 'result'>;
  readonly #services = new Map<string, WatchedService>();

  constructor(register: Registry) {
    this.#requests = new Counter({
      name: 'tributary_service_requests_total',
      help: 'Requests to subgraph services: answered, abandoned (the client left, or gave little time), or the code of the failure.',
      labelNames: ['service', 'result'],
      registers: [register],
    });
    const services = this.#services;
    new Gauge({
      name: 'tributary_service_up',
      help: 'Whether the last request to a subgraph service was answered: 1 or 0.',
      labelNames: ['service'],
      registers: [register],
      collect() {
        for (const [service, { state }] of services) this.set({ service }, state === 'up' ? 1 : 0);
      },
    });
  }

  get areAllUp(): boolean {
    return [...this.#services.values()].every(({ state }) => state === 'up');
  }

  byService(): Readonly<Record<string, ServiceState>> {
    return Object.fromEntries([...this.#services].map(([name, { state }]) => [name, state]));
  }

  connected(service: string): void {
    this.#watch(service).connections += 1;
  }

  disconnected(service: string): void {
    const watched = this.#services.get(service);
    if (watched === undefined) return;
    watched.connections -= 1;
    if (watched.connections > 0) return;
    this.#services.delete(service);
    for (const result of RESULTS) this.#requests.remove({ service, result });
  }

  ended(service: string, result: ServiceResult): void {
    this.#requests.inc({ service, result });
    // Clients with little time or too many requests must not make a healthy service look failed.
    if (result === 'abandoned' || result === 'UPSTREAM_RATE_LIMITED') return;
    const watched = this.#watch(service);
    watched.state = result === 'answered' ? 'up' : 'failing';
    watched.result = result;
    this.#logChange(service, watched);
  }

  #watch(service: string): WatchedService {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const watched: WatchedService = {
      state: 'up',
      loggedState: 'up',
      result: 'answered',
      isThrottled: false,
      connections: 0,
    };
    this.#services.set(service, watched);
    return watched;
  }

  /** Logs each change of state once; after a quick series of changes, the last state some seconds later. */
  #logChange(service: string, watched: WatchedService): void {
    const { state, loggedState, result, isThrottled } = watched;
    if (isThrottled || state === loggedState) return;
    watched.loggedState = state;
    watched.isThrottled = true;
    setTimeout(() => {
      watched.isThrottled = false;
      this.#logChange(service, watched);
    }, QUIET_MS).unref();
    if (state === 'up') this.logger?.warn({ service }, 'a service answers again');
    else this.logger?.warn({ service, code: result }, 'a service is failing');
  }
}

interface WatchedService {
  state: ServiceState;
  /** The last logged state. */
  loggedState: ServiceState;
  result: ServiceResult;
  isThrottled: boolean;
  /** The number of graphs' connections to it. */
  connections: number;
}

const QUIET_MS = 10_000;
