import { SharedConnections } from '../../../upstream/shared-connections.ts';
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

/** The settings of a service in a graph. */
export type ServiceSettings = Omit<
  ServiceConnectionOptions,
  keyof ServiceConnectionsOptions | 'monitor'
>;

/**
 * The connections of a process to the services of its graphs. Graphs with equal settings of a service share its connections, which close
 * with the last of these graphs.
 */
export class ServiceConnections {
  readonly #options: ServiceConnectionsOptions;
  readonly #monitor: ServiceMonitor;
  readonly #shared = new SharedConnections<ServiceConnection>();

  constructor(options: ServiceConnectionsOptions) {
    this.#options = options;
    this.#monitor = options.monitor ?? NO_SERVICE_MONITOR;
  }

  /** @returns a connection, which the graph must close */
  open(settings: ServiceSettings): ServiceConnection {
    return this.#shared.open(JSON.stringify(settings), () => this.#connect(settings));
  }

  #connect(settings: ServiceSettings): ServiceConnection {
    this.#monitor.connected(settings.name);
    const connection = connectService({ ...this.#options, ...settings, monitor: this.#monitor });
    return {
      ...connection,
      close: async () => {
        this.#monitor.disconnected(settings.name);
        await connection.close();
      },
    };
  }
}
