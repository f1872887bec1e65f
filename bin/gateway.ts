import { readFileSync } from 'node:fs';
import { allOf, parseSettings, type Problems } from '../settings/settings.ts';
import { readAudienceSchemas } from '../gateway/audiences/audience-schemas.ts';
import { type Execution, type GatewayConfig, gatewaySettings } from '../gateway/config.ts';
import { embedSubgraphs, type RunningGraph } from '../gateway/engines/running-graph.ts';
import {
  describeGatewayAccess,
  gatewayAccessSettings,
  openGatewayAccess,
  secretsOf,
} from '../gateway/gateway-access.ts';
import { safelistSettings } from '../gateway/access/safelist/safelist-config.ts';
import type { ComposedGraph } from '../gateway/composition/compose-graph.ts';
import type { GraphFile } from '../gateway/composition/graph-file.ts';
import { createSafelist, startGateway } from '../gateway/gateway.ts';
import { checkSafelist } from '../gateway/safelist-check.ts';
import { isSandboxOnly } from '../gateway/sandbox-only.ts';
import { Supergraph } from '../gateway/supergraph/supergraph.ts';
import {
  announce,
  exitWithProblems,
  holdReloads,
  loadEnvironmentFile,
  runService,
} from '../gateway/server/run.ts';
import { isProduction } from '../gateway/server/server-config.ts';
import { createMonitoring } from '../monitoring/monitoring.ts';
import { startTracing, tracingSettings } from '../monitoring/start-tracing.ts';
import { openState, stateSecrets, stateSettings } from '../state/open-state.ts';
import { sandboxVendorsOf } from '../subgraphs/sandbox-vendors.ts';
import { callTableOf } from '../subgraphs/connect/call-table.ts';
import { describeConnectors, sourceNames } from '../subgraphs/connect/connector-file.ts';
import { callTablesOf, type SubgraphModule } from '../subgraphs/module.ts';
import { openSubgraphs, prepareSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { findRemedies } from './doctor.ts';
import { readSecrets } from './program-settings.ts';
import { createReload } from './reload.ts';
import { SUBGRAPHS, WARM_UP } from './subgraphs.ts';
import { describePlan, planVendors } from '../subgraphs/vendor-plan.ts';

holdReloads();
loadEnvironmentFile();
const environment = readSecrets();
const problems: Problems = [];
const config = parseSettings(gatewaySettings(SUBGRAPHS), environment, problems);
const settings = parseSettings(
  allOf({ state: stateSettings, tracing: tracingSettings }),
  environment,
  problems,
);
const execution = config?.execution;
const embeddedModules = modulesInThisProcess(execution);
const connectors = execution?.mode === 'mixed' ? (execution.graph.connectors ?? []) : [];
const isEmbedded = embeddedModules.length + connectors.length > 0;
const plans = planVendors({
  modules: embeddedModules,
  environment,
  production: isProduction(environment),
  problems,
});
const isSandbox = config === undefined || isSandboxOnly(config, plans, environment);
const composed = execution?.mode === 'mixed' ? await compose(execution.graph) : undefined;
const supergraph =
  execution?.mode === 'supergraph'
    ? execution.supergraph
    : (composed?.supergraph ?? new Supergraph(readSdl('supergraph')));
const audiences = await readAudiences();
const access = parseSettings(
  gatewayAccessSettings({ config, isSandbox, audiences }),
  environment,
  problems,
);
const sandboxVendors = sandboxVendorsOf(
  new URL('../dist/sandbox.js', import.meta.url),
  environment,
);
const prepared = await prepareSubgraphs({
  plans,
  connectors,
  environment,
  problems,
  sandboxVendors,
});
if (config !== undefined) checkSafelist(config, supergraph, SUBGRAPHS, problems);
exitWithProblems(problems);
if (
  config === undefined ||
  settings === undefined ||
  access === undefined ||
  prepared === undefined
)
  throw new TypeError('A configuration without problems is there.');

for (const line of [
  ...plans.map(describePlan),
  ...connectors.map(describeConnectors),
  ...describeGatewayAccess(access),
])
  announce(line);
const monitoring = createMonitoring({
  vendors: [...plans.map(({ vendor }) => vendor), ...connectors.flatMap(sourceNames)],
});
const tracing = await startTracing(settings.tracing, {
  serviceName: 'tributary',
  callsVendors: isEmbedded,
});
const state = await openState(settings.state, (isShared, reason) => {
  monitoring.upstream.sharedStateChanged(isShared, reason);
});
const running = openSubgraphs(prepared, {
  readSdl,
  extensions: composed?.extensions,
  monitor: monitoring.upstream,
  state,
});
const connectorCalls = connectors.map((file) => ({
  name: file.name,
  calls: callTableOf(file),
}));
const graph = hasServices(config.execution)
  ? await connectServices(config)
  : embedSubgraphs(supergraph, [...embeddedModules, ...connectorCalls], running);
const opened = await openGatewayAccess(access, config, state.redis);
const secrets = [...graph.secrets, ...stateSecrets(settings.state), ...secretsOf(access)];
const safelist = createSafelist(config);
const release = async () => {
  await graph.release();
  await state.close();
};
await runService(
  'Tributary',
  startGateway({
    config,
    graph: { ...graph, secrets, release },
    budgets: state.budgets,
    ...opened,
    safelist,
    reload: createReload({
      environment,
      plans,
      subgraphs: running.subgraphs,
      proxies: prepared.resources.proxies,
      callers: opened.callers,
      secrets,
      reloadOthers: reloadSafelist,
    }),
    audiences,
    playground: new URL('../dist/playground/', import.meta.url),
    warmUp: WARM_UP,
    writeLog: (line) => process.stdout.write(line),
    monitoring,
    tracing,
  }),
  { page: config.playground ? 'Playground' : undefined },
);

if (isProduction(environment))
  for (const remedy of await findRemedies(plans, environment)) announce(remedy);

function hasServices(given: Execution): boolean {
  return given.mode === 'mixed' ? given.graph.services.length > 0 : given.mode !== 'embedded';
}

function modulesInThisProcess(given: Execution | undefined): readonly SubgraphModule[] {
  if (given === undefined || given.mode === 'embedded') return SUBGRAPHS;
  return given.mode === 'mixed'
    ? SUBGRAPHS.filter(({ name }) => given.graph.builtIn.includes(name))
    : [];
}

async function compose(file: GraphFile): Promise<ComposedGraph | undefined> {
  const { composeGraph } = await import('../gateway/composition/compose-graph.ts');
  const { composed: graphs, problems: found = [] } = composeGraph(file, {
    modules: SUBGRAPHS,
    readSdl,
  });
  problems.push(...found);
  return graphs;
}

async function connectServices({
  execution: chosen,
  requestTimeoutMs,
  production,
}: GatewayConfig): Promise<RunningGraph> {
  // Here alone, because loading Apollo's gateway takes longer than everything else together.
  const { createDistributedGraph } =
    await import('../gateway/engines/planned/distributed-graph.ts');
  const planner = new URL('../dist/planner.js', import.meta.url);
  const proxies = prepared?.resources.proxies;
  const options = {
    supergraph,
    modules: SUBGRAPHS,
    requestTimeoutMs,
    production,
    monitor: monitoring.services,
    proxies,
    planner,
  };
  if (chosen.mode === 'mixed' && composed !== undefined) {
    const { createMixedGraph } = await import('../gateway/engines/mixed-graph.ts');
    const { services } = chosen.graph;
    const callTables = callTablesOf(connectorCalls);
    const { embedded } = composed;
    return createMixedGraph({ ...options, embedded, running, callTables, services });
  }
  return createDistributedGraph(
    chosen.mode === 'distributed' ? { ...options, urls: chosen.urls } : options,
  );
}

async function readAudiences(): Promise<ReadonlyMap<string, string>> {
  if (execution?.mode !== 'supergraph' && execution?.mode !== 'mixed')
    return readAudienceSchemas(new URL('../schema/audiences/', import.meta.url));
  const { composeAudiences } = await import('../gateway/audiences/compose-audiences.ts');
  return composeAudiences(
    supergraph,
    SUBGRAPHS,
    readFileSync(new URL('../schema/audiences.yml', import.meta.url), 'utf8'),
  );
}

function reloadSafelist(): Problems {
  const found: Problems = [];
  const read = parseSettings(safelistSettings, environment, found);
  if (read === undefined) return found;
  checkSafelist({ safelist: read }, supergraph, SUBGRAPHS, found);
  if (found.length === 0) safelist?.replace(read.operations);
  return found;
}

function readSdl(name: string): string {
  return readFileSync(new URL(`../schema/${name}.graphql`, import.meta.url), 'utf8');
}
