import { SUBGRAPHS } from '../../../../bin/subgraphs.ts';
import type { Callers } from '../../../../gateway/access/callers.ts';
import type { SignCaller } from '../../../../gateway/access/services/signed-caller.ts';
import { gatewaySettings } from '../../../../gateway/config.ts';
import {
  createDistributedGraph,
  type ForeignService,
} from '../../../../gateway/engines/planned/distributed-graph.ts';
import { ServiceConnections } from '../../../../gateway/engines/planned/service-connections.ts';
import { startGateway, toGraphSource } from '../../../../gateway/gateway.ts';
import type { RunningService } from '../../../../gateway/server/run.ts';
import type { Supergraph } from '../../../../gateway/supergraph/supergraph.ts';
import { createMonitoring } from '../../../../monitoring/monitoring.ts';
import { ANONYMOUS_CALLER } from '../../../../request/caller.ts';
import { type Environment, parseSettings } from '../../../../settings/settings.ts';

export interface ServedServicesOptions {
  readonly supergraph: Supergraph;
  readonly environment?: Environment;
  readonly services?: readonly ForeignService[];
  /** @default anonymous */
  readonly identify?: Callers['identify'];
  readonly signCaller?: SignCaller;
  readonly monitoring?: ReturnType<typeof createMonitoring>;
  readonly writeLog?: (line: string) => void;
}

/** Serves a supergraph whose subgraphs are services. */
export async function serveServices({
  supergraph,
  environment = {},
  services = [],
  identify = () => ANONYMOUS_CALLER,
  monitoring = createMonitoring({ vendors: [] }),
  writeLog = () => undefined,
  ...options
}: ServedServicesOptions): Promise<RunningService> {
  const all = { PORT: '0', LOG_LEVEL: 'silent', ...environment };
  const config = parseSettings(gatewaySettings([]), all, []);
  if (config === undefined) throw new Error('The configuration of this test is right.');
  const { requestTimeoutMs } = config;
  const serviceConnections = new ServiceConnections({
    requestTimeoutMs,
    traces: true,
    monitor: monitoring.services,
  });
  const running = await createDistributedGraph({
    supergraph,
    modules: SUBGRAPHS,
    services,
    serviceConnections,
  });
  return startGateway({
    config,
    first: toGraphSource({ config, running, revision: 'first' }),
    callers: {
      identify,
      logTo: () => undefined,
      reload: () => Promise.resolve([]),
      close: () => undefined,
    },
    ...options,
    playground: new URL('./nowhere/', import.meta.url),
    secrets: [],
    writeLog,
    monitoring,
  });
}
