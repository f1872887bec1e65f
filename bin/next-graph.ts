import { safelistSettings } from '../gateway/access/safelist/safelist-config.ts';
import type { Safelist } from '../gateway/access/safelist/safelist.ts';
import { executionSettings, type Execution, type GatewayConfig } from '../gateway/config.ts';
import { type GatewayAccess, gatewayAccessSettings } from '../gateway/gateway-access.ts';
import { toGraphSource } from '../gateway/gateway.ts';
import {
  connectorsHere,
  defineGraph,
  type GraphDefinition,
  type GraphSources,
  modulesHere,
  revisionOfGraph,
} from '../gateway/graph-definition.ts';
import { openGraph, type ProcessResources } from '../gateway/open-graph.ts';
import { checkSafelist } from '../gateway/safelist-check.ts';
import { isSandboxOnly } from '../gateway/sandbox-only.ts';
import { type Environment, parseSettings, type Problems } from '../settings/settings.ts';
import type { RunningGraph } from '../gateway/engines/running-graph.ts';
import { secretsOf } from '../subgraphs/connect/connector-file.ts';
import type { VendorPlan } from '../subgraphs/vendor-plan.ts';
import type { GraphReloadOptions } from './graph-reload.ts';

export interface NextGraphOptions {
  readonly config: GatewayConfig;
  readonly access: GatewayAccess;
  readonly plans: readonly VendorPlan[];
  readonly sources: GraphSources;
  readonly resources: ProcessResources;
  readonly safelist: Safelist | undefined;
  /** The graph at start. */
  readonly first: GraphDefinition;
  /** Receives credentials before their first use, so that no log holds them. */
  readonly onSecrets: (secrets: readonly string[]) => void;
  /** Receives each graph that replaces the served one. */
  readonly onServed: (definition: GraphDefinition) => void;
}

/** Reads a gateway's graph definition, and the safelist, which must be valid for it. */
export function createNextGraph(options: NextGraphOptions): GraphReloadOptions['read'] {
  const { config, sources, resources, safelist } = options;
  let served = options.first;
  return async (environment, problems) => {
    const execution = parseSettings(
      executionSettings(sources.modules, { feeds: sources.feeds ?? [], readSdl: sources.readSdl }),
      environment,
      problems,
    );
    const listed = parseSettings(safelistSettings, environment, problems);
    if (execution === undefined) return undefined;
    checkConnections(execution, options, problems);
    for (const file of connectorsHere(execution))
      if (resources.sources.missingSandboxes(file).length > 0)
        problems.push(
          `${file.name}: the sandbox vendors of a data feed start with the process. Restart it to add the feed.`,
        );
    if (problems.length > 0) return undefined;
    options.onSecrets(connectorsHere(execution).flatMap(secretsOf));
    const isSame = revisionOfGraph(execution, sources) === served.revision;
    const next = isSame ? served : await defineGraph(execution, sources, problems);
    if (next === undefined) return undefined;
    checkSafelist({ safelist: listed }, next.supergraph, sources.modules, problems);
    checkAccess(next, environment, options, problems);
    let opened: RunningGraph | undefined;
    return {
      revision: next.revision,
      open: async () => {
        opened = await openGraph(next, resources);
        return toGraphSource({ ...next, config: { ...config, execution }, running: opened });
      },
      onServed: () => {
        opened?.onServed?.();
        if (next !== served) options.onServed(next);
        served = next;
        if (listed !== undefined) safelist?.replace(listed.operations);
      },
    };
  };
}

/** Connections to vendors are opened only at start. */
function checkConnections(
  execution: Execution,
  { sources, resources }: NextGraphOptions,
  problems: Problems,
): void {
  for (const { name } of modulesHere(execution, sources.modules))
    if (!resources.subgraphs.some((subgraph) => subgraph.name === name))
      problems.push(
        `The built-in subgraph ${name} was added to the graph, which takes effect at the next restart.`,
      );
}

/** Access without a credential is only for sandbox data, not for other services. */
function checkAccess(
  { execution, audiences }: GraphDefinition,
  environment: Environment,
  { access, config, plans }: NextGraphOptions,
  problems: Problems,
): void {
  const next = { ...config, execution };
  const isSandbox = isSandboxOnly(next, plans, environment);
  const settings = gatewayAccessSettings({ config: next, isSandbox, audiences });
  const read = parseSettings(settings, environment, problems);
  if (access.config.anonymous !== null && read?.config.anonymous === null)
    problems.push(
      'The graph has a service that is not on this machine, so requests need a credential, which takes effect at the next restart.',
    );
}
