import { readFileSync } from 'node:fs';
import { createSignedCallers } from '../access/services/signed-caller.ts';
import { readSubgraphAccess } from '../access/services/subgraph-access.ts';
import type { Problems } from '../configuration/environment.ts';
import { announce, exitWithProblems, loadEnvironmentFile, runService } from '../http/run.ts';
import { isProduction, readServerConfig } from '../http/server-config.ts';
import { readServiceLimits } from '../limits/limit-settings.ts';
import { createMonitoring } from '../monitoring/monitoring.ts';
import { checkTracing, startTracing } from '../monitoring/start-tracing.ts';
import { openState, readStateSettings, stateSecrets } from '../state/open-state.ts';
import { checkLookAlikes, startLookAlikes } from './look-alikes.ts';
import { checkSubgraphs, startSubgraphs } from './start-subgraphs.ts';
import { startSubgraphService } from './subgraph-service.ts';
import { SUBGRAPHS } from './subgraphs.ts';
import { describePlan, planVendors } from './vendor-plan.ts';

/** The committed supergraph names these. */
const PORTS = { crm: 4001, payments: 4002, maps: 4003 };

const sandbox = new URL('../dist/sandbox.js', import.meta.url);

loadEnvironmentFile();
const environment = process.env;
const problems: Problems = [];
const [name = '', ...others] = process.argv.slice(2);
const modules = SUBGRAPHS.filter((module) => module.name === name);
const [module] = modules;
if (module === undefined) problems.push(`The subgraph to start must be one of ${Object.keys(PORTS).join(', ')}, but is "${name}".`);
if (others.length > 0)
  problems.push(`One process serves one subgraph, so "${name}" must stand alone, but is followed by "${others.join(' ')}".`);
const config = readServerConfig(environment, problems, { defaultPort: module === undefined ? 0 : PORTS[module.name] });
const limits = readServiceLimits(environment, problems);
const stateSettings = readStateSettings(environment, problems);
const plans = planVendors({ modules, environment, production: isProduction(environment), problems });
const isSandbox = plans.every(({ isLookAlike }) => isLookAlike);
const access = readSubgraphAccess(environment, problems, { mustSign: isProduction(environment) || !isSandbox });
checkTracing(environment, problems);
await checkSubgraphs(plans, readSdl, environment, problems);
await checkLookAlikes(sandbox, plans, environment, problems);
exitWithProblems(problems);
if (config === undefined || limits === undefined || access === undefined || stateSettings === undefined)
  throw new TypeError('A configuration without problems is there.');

for (const plan of plans) announce(describePlan(plan));
const monitoring = createMonitoring({ vendors: plans.map(({ vendor }) => vendor) });
const tracing = await startTracing(environment, { serviceName: `tributary-${name}`, callsVendors: true });
const state = await openState(stateSettings, (isShared) => {
  monitoring.upstream.sharedStateChanged(isShared);
});
const running = await startSubgraphs({
  plans,
  readSdl,
  environment,
  startLookAlikes: (vendors) => startLookAlikes(sandbox, vendors),
  monitor: monitoring.upstream,
  state,
});
const callers = createSignedCallers(access);
const secrets = [...running.secrets, ...stateSecrets(stateSettings), ...(access.secret === undefined ? [] : [access.secret])];
const close = async () => {
  await running.close();
  await state.close();
};
const writeLog = (line: string) => process.stdout.write(line);
await runService(
  `The subgraph ${name}`,
  startSubgraphService({
    config,
    limits,
    budgets: state.budgets,
    running: { ...running, secrets, close },
    callers,
    writeLog,
    monitoring,
    tracing,
  }),
  { isSandbox },
);

function readSdl(subgraph: string): string {
  return readFileSync(new URL(`../schema/${subgraph}.graphql`, import.meta.url), 'utf8');
}
