import { createSignedCallers } from '../gateway/access/services/signed-caller.ts';
import { subgraphAccessSettings } from '../gateway/access/services/subgraph-access.ts';
import { loadEnvironmentFile } from '../settings/environment-file.ts';
import { allOf, parseSettings, type Problems } from '../settings/settings.ts';
import { announce, exitWithProblems, holdReloads, runService } from '../gateway/server/run.ts';
import { isProduction, serverSettings } from '../gateway/server/server-config.ts';
import { readConfiguredFiles } from '../gateway/composition/graph-extensions.ts';
import { serviceLimitSettings } from '../gateway/admission/limit-settings.ts';
import { createMonitoring } from '../monitoring/monitoring.ts';
import { startTracing, tracingSettings } from '../monitoring/start-tracing.ts';
import { openState, stateSecrets, stateSettings } from '../state/open-state.ts';
import {
  areSourcesOnThisMachine,
  describeConnectors,
  describeWarnings,
  sourceNames,
} from '../subgraphs/connect/connector-file.ts';
import { sandboxVendorsOf } from '../subgraphs/sandbox-vendors.ts';
import { openSubgraphs, prepareSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { startSubgraphService, toServiceSource } from '../gateway/subgraph-service.ts';
import { findRemedies } from './doctor.ts';
import { FieldChecks } from './field-checks.ts';
import { createGraphReload } from './graph-reload.ts';
import { checkConnectors } from './next-graph.ts';
import { readSecrets } from './program-settings.ts';
import { createReload } from './reload.ts';
import { schemaFilesIn } from './schema-files.ts';
import { SUBGRAPHS } from './subgraphs.ts';
import { watchGraph } from './watch-graph.ts';
import { describePlan, planVendors } from '../subgraphs/vendor-plan.ts';

/** Where none is set; built-in subgraphs have those before it. */
const CONNECTOR_PORT = 4004;

holdReloads();
const readEnvironmentFile = loadEnvironmentFile(process.env);
const environment = readSecrets();
const production = isProduction(environment);
const problems: Problems = [];
const [name = '', ...others] = process.argv.slice(2);
const modules = SUBGRAPHS.filter((module) => module.name === name);
const [module] = modules;
const { readSdl } = schemaFilesIn(new URL('../schema/', import.meta.url));
const sources = { modules: SUBGRAPHS, readSdl };
const { extensions, connectors: known } = readConfiguredFiles(environment, sources, problems);
const connectors = module === undefined ? known.filter((file) => file.name === name) : [];
if (modules.length + connectors.length === 0) {
  const names = [...SUBGRAPHS, ...known].map((one) => one.name).join(', ');
  problems.push(`The subgraph to start must be one of ${names}, but is "${name}".`);
}
if (others.length > 0)
  problems.push(
    `One process serves one subgraph, so "${name}" must stand alone, but is followed by "${others.join(' ')}".`,
  );
const plans = planVendors({ modules, environment, production, problems });
const isSandbox =
  plans.every(({ usesSandbox }) => usesSandbox) && connectors.every(areSourcesOnThisMachine);
const settings = parseSettings(
  allOf({
    config: serverSettings({ defaultPort: module?.port ?? CONNECTOR_PORT }),
    limits: serviceLimitSettings,
    state: stateSettings,
    access: subgraphAccessSettings({ mustSign: production || !isSandbox }),
    tracing: tracingSettings,
  }),
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
exitWithProblems(problems);
if (settings === undefined || prepared === undefined)
  throw new TypeError('A configuration without problems is there.');

for (const line of [
  ...plans.map(describePlan),
  ...connectors.map(describeConnectors),
  ...connectors.flatMap(describeWarnings),
])
  announce(line);
const { config, limits, access } = settings;
const monitoring = createMonitoring({
  vendors: [...plans.map(({ vendor }) => vendor), ...connectors.flatMap(sourceNames)],
});
const tracing = await startTracing(settings.tracing, {
  serviceName: `tributary-${name}`,
  callsVendors: true,
});
const state = await openState(settings.state, (isShared, reason) => {
  monitoring.upstream.sharedStateChanged(isShared, reason);
});
const running = openSubgraphs(prepared, { readSdl, monitor: monitoring.upstream, state });
const [subgraph] = running.subgraphs;
if (subgraph === undefined) throw new TypeError('The subgraph was expected to be there.');
const first = toServiceSource(subgraph.serve(extensions.get(name)));
const development = production ? undefined : watchGraph(environment);
const fieldChecks = new FieldChecks({ modules, subgraphs: running.subgraphs, warn: announce });
const callers = createSignedCallers(access);
const secrets = [
  ...running.secrets,
  ...stateSecrets(settings.state),
  ...(access.secret === undefined ? [] : [access.secret]),
];
await runService(
  `The subgraph ${name}`,
  startSubgraphService({
    config,
    limits,
    budgets: state.budgets,
    module,
    first,
    callers,
    reload: createReload({
      environment,
      readEnvironmentFile,
      plans,
      subgraphs: running.subgraphs,
      proxies: prepared.resources.proxies,
      callers,
      secrets,
      onProblems: development?.onProblems,
      reloadGraph: createGraphReload({
        revision: first.revision,
        monitoring,
        onReloaded: development?.onReloaded,
        read: (current, found) => {
          const read = readConfiguredFiles(current, sources, found);
          checkConnectors(
            read.connectors.filter((file) => connectors.some((one) => one.name === file.name)),
            connectors,
            found,
          );
          const next = toServiceSource(subgraph.serve(read.extensions.get(name)));
          return Promise.resolve({
            revision: next.revision,
            open: () => Promise.resolve(next),
            onServed: () => {
              fieldChecks.serve(ofThis(read.extensions));
            },
          });
        },
      }),
    }),
    secrets,
    writeLog: (line) => process.stdout.write(line),
    monitoring,
    tracing,
    end: async () => {
      fieldChecks.close();
      await running.close();
      await state.close();
    },
  }),
  { told: { isSandbox }, watch: development?.watch },
);

fieldChecks.serve(ofThis(extensions));
if (production) for (const remedy of await findRemedies(plans, environment)) announce(remedy);

/** Only the fields of the subgraph that this process serves. */
function ofThis<Value>(all: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...all].filter(([of]) => of === name));
}
