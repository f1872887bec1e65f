import { readFileSync } from 'node:fs';
import type { Problems } from '../configuration/environment.ts';
import { announce, exitWithProblems, loadEnvironmentFile, runService } from '../http/run.ts';
import { isProduction } from '../http/server-config.ts';
import { createMonitoring } from '../monitoring/monitoring.ts';
import { checkTracing, startTracing } from '../monitoring/start-tracing.ts';
import { openState, readStateSettings, stateSecrets } from '../state/open-state.ts';
import { checkLookAlikes, startLookAlikes } from '../subgraphs/look-alikes.ts';
import { checkSubgraphs, startSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { SUBGRAPHS } from '../subgraphs/subgraphs.ts';
import { describePlan, planVendors } from '../subgraphs/vendor-plan.ts';
import { readAudienceSchemas } from './audience-schemas.ts';
import { type Execution, readGatewayConfig } from './config.ts';
import { embedSubgraphs, type RunningGraph } from './execution.ts';
import { describeGatewayAccess, openGatewayAccess, readGatewayAccess, secretsOf } from './gateway-access.ts';
import { startGateway } from './gateway.ts';
import { isSandboxOnly } from './sandbox-only.ts';
import { checkSafelist } from './safelist-check.ts';
import { Supergraph } from './supergraph/supergraph.ts';

const sandbox = new URL('../dist/sandbox.js', import.meta.url);

loadEnvironmentFile();
const environment = process.env;
const problems: Problems = [];
const config = readGatewayConfig(environment, problems);
const supergraph = config?.execution.mode === 'supergraph' ? config.execution.supergraph : new Supergraph(readSdl('supergraph'));
const stateSettings = readStateSettings(environment, problems);
const isEmbedded = config === undefined || config.execution.mode === 'embedded';
const plans = isEmbedded ? planVendors({ modules: SUBGRAPHS, environment, production: isProduction(environment), problems }) : [];
const isSandbox = config === undefined || isSandboxOnly(config, plans, environment);
// Of somebody else's supergraph nobody knows what audiences it has.
const audiences =
  config?.execution.mode === 'supergraph'
    ? new Map<string, string>()
    : readAudienceSchemas(new URL('../schema/audiences/', import.meta.url));
const access = readGatewayAccess(environment, problems, { config, isSandbox, audiences });
checkTracing(environment, problems);
await checkSubgraphs(plans, readSdl, environment, problems);
if (config !== undefined) checkSafelist(config, supergraph, problems);
await checkLookAlikes(sandbox, plans, environment, problems);
exitWithProblems(problems);
if (config === undefined || access === undefined || stateSettings === undefined)
  throw new TypeError('A configuration without problems is there.');

for (const line of [...plans.map(describePlan), ...describeGatewayAccess(access)]) announce(line);
const monitoring = createMonitoring({ vendors: plans.map(({ vendor }) => vendor) });
const tracing = await startTracing(environment, { serviceName: 'tributary', callsVendors: isEmbedded });
const state = await openState(stateSettings, (isShared) => {
  monitoring.upstream.sharedStateChanged(isShared);
});
const graph = await createGraph(config.execution, config.requestTimeoutMs);
const opened = await openGatewayAccess(access, config, state.redis);
const secrets = [...graph.secrets, ...stateSecrets(stateSettings), ...secretsOf(access)];
const release = async () => {
  await graph.release();
  await state.close();
};
const playground = new URL('../dist/playground/', import.meta.url);
const writeLog = (line: string) => process.stdout.write(line);
await runService(
  'Tributary',
  startGateway({
    config,
    graph: { ...graph, secrets, release },
    budgets: state.budgets,
    ...opened,
    audiences,
    playground,
    writeLog,
    monitoring,
    tracing,
  }),
);

async function createGraph(execution: Execution, requestTimeoutMs: number): Promise<RunningGraph> {
  if (execution.mode === 'embedded') {
    const subgraphs = await startSubgraphs({
      plans,
      readSdl,
      environment,
      startLookAlikes: (vendors) => startLookAlikes(sandbox, vendors),
      monitor: monitoring.upstream,
      state,
    });
    return embedSubgraphs(supergraph, subgraphs);
  }
  // Here alone, because loading Apollo's gateway takes longer than everything else together.
  const { createDistributedGraph } = await import('./distributed/distributed-graph.ts');
  const planner = new URL('../dist/planner.js', import.meta.url);
  const options = { supergraph, requestTimeoutMs, production: isProduction(environment), planner };
  return createDistributedGraph(execution.mode === 'distributed' ? { ...options, urls: execution.urls } : options);
}

function readSdl(name: string): string {
  return readFileSync(new URL(`../schema/${name}.graphql`, import.meta.url), 'utf8');
}
