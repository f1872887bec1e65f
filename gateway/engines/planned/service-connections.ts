import { NO_SERVICE_MONITOR, type ServiceMonitor } from '../../../monitoring/service-states.ts';
import {
  connectService,
  type ServiceConnection,
  type ServiceConnectionOptions,
} from './service-connection.ts';

export interface ServiceConnectionsOptions extends Pick<
  ServiceConnectionOptions,
  'requestTimeoutMs' | 'traces' | 'proxies'
> {
  /** @default requests to services are not monitored */
  readonly monitor?: ServiceMonitor;
}

/** What a graph says of a service. */
export type ServiceSettings = Omit<
  ServiceConnectionOptions,
  keyof ServiceConnectionsOptions | 'monitor'
>;

/**
 * The connections of a process to the services of its graphs. Graphs that say the same of a service share its connections, which are
 * closed with the last of these graphs.
 */
export class ServiceConnections {
  readonly #options: ServiceConnectionsOptions;
  readonly #monitor: ServiceMonitor;
  readonly #shared = new Map<string, SharedConnection>();

  constructor(options: ServiceConnectionsOptions) {
    this.#options = options;
    this.#monitor = options.monitor ?? NO_SERVICE_MONITOR;
  }

  /** @returns a connection that its graph closes */
  open(settings: ServiceSettings): ServiceConnection {
    const key = JSON.stringify(settings);
    const shared = this.#shared.get(key) ?? this.#connect(settings);
    this.#shared.set(key, shared);
    shared.graphs += 1;
    let isOpen = true;
    return {
      ...shared.connection,
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        shared.graphs -= 1;
        if (shared.graphs > 0) return;
        this.#shared.delete(key);
        this.#monitor.disconnected(settings.name);
        await shared.connection.close();
      },
    };
  }

  #connect(settings: ServiceSettings): SharedConnection {
    this.#monitor.connected(settings.name);
    const options = { ...this.#options, ...settings, monitor: this.#monitor };
    return { graphs: 0, connection: connectService(options) };
  }
}

interface SharedConnection {
  readonly connection: ServiceConnection;
  /** How many use it. */
  graphs: number;
}
