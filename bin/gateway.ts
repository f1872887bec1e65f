import { readFileSync } from 'node:fs';
import { allOf, parseSettings, type Problems } from '../settings/settings.ts';
import { readAudienceSchemas } from '../gateway/audiences/audience-schemas.ts';
import { type GatewayConfig, gatewaySettings } from '../gateway/config.ts';
import { embedSubgraphs, type RunningGraph } from '../gateway/engines/running-graph.ts';
import {
  describeGatewayAccess,
  gatewayAccessSettings,
  openGatewayAccess,
  secretsOf,
} from '../gateway/gateway-access.ts';
import { startGateway } from '../gateway/gateway.ts';
import { checkSafelist } from '../gateway/safelist-check.ts';
import { isSandboxOnly } from '../gateway/sandbox-only.ts';
import { Supergraph } from '../gateway/supergraph/supergraph.ts';
import {
  announce,
  exitWithProblems,
  loadEnvironmentFile,
  runService,
} from '../gateway/server/run.ts';
import { isProduction } from '../gateway/server/server-config.ts';
import { createMonitoring } from '../monitoring/monitoring.ts';
import { startTracing, tracingSettings } from '../monitoring/start-tracing.ts';
import { openState, stateSecrets, stateSettings } from '../state/open-state.ts';
import { sandboxVendorsOf } from '../subgraphs/sandbox-vendors.ts';
import { openSubgraphs, prepareSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { findRemedies } from './doctor.ts';
import { SUBGRAPHS, WARM_UP } from './subgraphs.ts';
import { describePlan, planVendors } from '../subgraphs/vendor-plan.ts';

loadEnvironmentFile();
const environment = process.env;
const problems: Problems = [];
const config = parseSettings(gatewaySettings(SUBGRAPHS), environment, problems);
const settings = parseSettings(
  allOf({ state: stateSettings, tracing: tracingSettings }),
  environment,
  problems,
);
const isEmbedded = config === undefined || config.execution.mode === 'embedded';
const plans = isEmbedded
  ? planVendors({
      modules: SUBGRAPHS,
      environment,
      production: isProduction(environment),
      problems,
    })
  : [];
const isSandbox = config === undefined || isSandboxOnly(config, plans, environment);
const supergraph =
  config?.execution.mode === 'supergraph'
    ? config.execution.supergraph
    : new Supergraph(readSdl('supergraph'));
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
const prepared = await prepareSubgraphs({ plans, environment, problems, sandboxVendors });
if (config !== undefined) checkSafelist(config, supergraph, SUBGRAPHS, problems);
exitWithProblems(problems);
if (
  config === undefined ||
  settings === undefined ||
  access === undefined ||
  prepared === undefined
)
  throw new TypeError('A configuration without problems is there.');

for (const line of [...plans.map(describePlan), ...describeGatewayAccess(access)]) announce(line);
const monitoring = createMonitoring({ vendors: plans.map(({ vendor }) => vendor) });
const tracing = await startTracing(settings.tracing, {
  serviceName: 'tributary',
  callsVendors: isEmbedded,
});
const state = await openState(settings.state, (isShared) => {
  monitoring.upstream.sharedStateChanged(isShared);
});
const running = openSubgraphs(prepared, { readSdl, monitor: monitoring.upstream, state });
const graph = isEmbedded
  ? embedSubgraphs(supergraph, SUBGRAPHS, running)
  : await connectServices(config);
const opened = await openGatewayAccess(access, config, state.redis);
const secrets = [...graph.secrets, ...stateSecrets(settings.state), ...secretsOf(access)];
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
    audiences,
    playground: new URL('../dist/playground/', import.meta.url),
    warmUp: WARM_UP,
    writeLog: (line) => process.stdout.write(line),
    monitoring,
    tracing,
  }),
);

if (isProduction(environment))
  for (const remedy of await findRemedies(plans, environment)) announce(remedy);

async function connectServices({
  execution,
  requestTimeoutMs,
  production,
}: GatewayConfig): Promise<RunningGraph> {
  // Here alone, because loading Apollo's gateway takes longer than everything else together.
  const { createDistributedGraph } =
    await import('../gateway/engines/planned/distributed-graph.ts');
  const planner = new URL('../dist/planner.js', import.meta.url);
  const options = { supergraph, modules: SUBGRAPHS, requestTimeoutMs, production, planner };
  return createDistributedGraph(
    execution.mode === 'distributed' ? { ...options, urls: execution.urls } : options,
  );
}

async function readAudiences(): Promise<ReadonlyMap<string, string>> {
  if (config?.execution.mode !== 'supergraph')
    return readAudienceSchemas(new URL('../schema/audiences/', import.meta.url));
  const { composeAudiences } = await import('../gateway/audiences/compose-audiences.ts');
  return composeAudiences(
    supergraph,
    SUBGRAPHS,
    readFileSync(new URL('../schema/audiences.yml', import.meta.url), 'utf8'),
  );
}

function readSdl(name: string): string {
  return readFileSync(new URL(`../schema/${name}.graphql`, import.meta.url), 'utf8');
}
