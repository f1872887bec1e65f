import type { Environment } from '../settings/settings.ts';
import { isLoopback } from '../settings/values.ts';
import { areSourcesOnThisMachine } from '../subgraphs/connect/connector-file.ts';
import type { VendorPlan } from '../subgraphs/vendor-plan.ts';
import type { GatewayConfig } from './config.ts';
import { readSubgraphs } from './supergraph/joins.ts';
import type { Supergraph } from './supergraph/supergraph.ts';

/**
 * Whether callers can reach only sandbox data. With services, a gateway cannot know their vendors. It must then be a trial on one machine: the
 * gateway and the services listen there, outside production, and no secret is shared. Without that secret, services with real credentials
 * refuse a gateway.
 */
export function isSandboxOnly(
  { execution, host, production }: GatewayConfig,
  plans: readonly VendorPlan[],
  environment: Environment,
): boolean {
  const isInvented = plans.every(({ usesSandbox }) => usesSandbox);
  if (execution.mode === 'embedded') return isInvented;
  if (execution.mode === 'mixed')
    return (
      isInvented &&
      !production &&
      isLoopback(host) &&
      execution.graph.services.every(({ url }) => isOnThisMachine(url)) &&
      (execution.graph.connectors ?? []).every(areSourcesOnThisMachine)
    );
  if (production || !isLoopback(host) || (environment['SUBGRAPH_SECRET'] ?? '') !== '')
    return false;
  return (
    execution.mode === 'distributed' ? Object.values(execution.urls) : urlsIn(execution.supergraph)
  ).every(isOnThisMachine);
}

const urlsIn = ({ document }: Supergraph) =>
  [...readSubgraphs(document).values()].map(({ url }) => url);

const isOnThisMachine = (url: string) => URL.canParse(url) && isLoopback(new URL(url).hostname);
