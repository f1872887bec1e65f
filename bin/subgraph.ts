import { createSignedCallers } from '../gateway/access/services/signed-caller.ts';
import { subgraphAccessSettings } from '../gateway/access/services/subgraph-access.ts';
import { loadEnvironmentFile } from '../settings/environment-file.ts';
import { allOf, parseSettings, type Problems } from '../settings/settings.ts';
import {
  announce,
  exitWithProblems,
  handleEarlySignals,
  runService,
} from '../gateway/server/run.ts';
import { isProduction, serverSettings } from '../gateway/server/server-config.ts';
import {
  type ConfiguredFiles,
  readConfiguredFiles,
} from '../gateway/composition/graph-extensions.ts';
import { connectorRevision } from '../gateway/graph-definition.ts';
import { serviceLimitSettings } from '../gateway/admission/limit-settings.ts';
import { catchUpSettings } from '../events/catch-up/catch-up-settings.ts';
import { eventsSettings } from '../events/events-settings.ts';
import { createMonitoring } from '../monitoring/monitoring.ts';
import { startTracing, tracingSettings } from '../monitoring/start-tracing.ts';
import { openState, stateSecrets, stateSettings } from '../state/open-state.ts';
import {
  areSourcesOnThisMachine,
  CONNECTOR_PORT,
  type ConnectorFile,
  describeConnectors,
  describeWarnings,
  secretsOf,
  sourceNames,
} from '../subgraphs/connect/connector-file.ts';
import {
  type ConnectSubgraph,
  createConnectSubgraph,
} from '../subgraphs/connect/connect-subgraph.ts';
import { sandboxVendorsOf } from '../subgraphs/sandbox-vendors.ts';
import { publishDependencies } from '../subgraphs/published-dependencies.ts';
import { describeLiveWithoutEvents } from '../subgraphs/cache-settings.ts';
import { openSubgraphs, prepareSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { startSubgraphService, toServiceSource } from '../gateway/subgraph-service.ts';
import { findRemedies } from './doctor.ts';
import { FEEDS } from './feeds.ts';
import { FieldChecks } from './field-checks.ts';
import { createGraphReload, type NextGraph } from './graph-reload.ts';
import { openCatchUps, openEventsOrExit, readEventsProcess } from './process-events.ts';
import { readSecrets } from './program-settings.ts';
import { createReload } from './reload.ts';
import { schemaFilesIn } from './schema-files.ts';
import { SUBGRAPHS } from './subgraphs.ts';
import { watchGraph } from './watch-graph.ts';
import { describePlan, planVendors } from '../subgraphs/vendor-plan.ts';

handleEarlySignals();
const readEnvironmentFile = loadEnvironmentFile(process.env);
const environment = readSecrets();
const production = isProduction(environment);
const development = production ? undefined : watchGraph(environment);
const problems: Problems = [];
const [name = '', ...others] = process.argv.slice(2);
const modules = SUBGRAPHS.filter((module) => module.name === name);
const [module] = modules;
const { readSdl } = schemaFilesIn(new URL('../schema/', import.meta.url));
const sources = { modules: SUBGRAPHS, feeds: FEEDS, readSdl };
const { extensions, connectors: known } = readConfiguredFiles(environment, sources, problems);
const connectors = module === undefined ? known.filter((file) => file.name === name) : [];
if (modules.length + connectors.length === 0) {
  const names = [...SUBGRAPHS, ...known].map((one) => one.name).join(', ');
  problems.push(`The subgraph to start must be one of ${names}, but is "${name}".`);
}
for (const { path, outside } of connectors)
  if ((outside?.claims.length ?? 0) > 0)
    problems.push(
      `${path} reads claims of callers, which a subgraph service does not get. Let the gateway send them as headers (headers.claims), and read $request.headers.`,
    );
if (others.length > 0)
  problems.push(
    `One process serves one subgraph, so expected one name, but got "${name}" and "${others.join(' ')}".`,
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
    events: eventsSettings,
    catchUp: catchUpSettings,
  }),
  environment,
  problems,
);
const eventsProcess = readEventsProcess({
  environment,
  production,
  isDistributed: true,
  settings,
  problems,
});
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
  throw new TypeError('The configuration was expected to be valid.');

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
const events = await openEventsOrExit(settings.events, {
  ...eventsProcess,
  redis: state.redis,
  warn: announce,
});
const running = openSubgraphs(prepared, {
  readSdl,
  monitor: monitoring.upstream,
  state,
  invalidation: events.invalidation,
});
for (const line of describeLiveWithoutEvents(running.subgraphs)) announce(line);
const vendorEvents = running.subgraphs.flatMap((subgraph) => subgraph.events ?? []);
const catchUps = openCatchUps(vendorEvents, {
  events,
  keyValues: state.keyValues,
  settings: settings.catchUp,
  monitoring,
});
const fieldChecks = new FieldChecks({ modules, subgraphs: running.subgraphs, warn: announce });
const callers = createSignedCallers(access);
const secrets = [
  ...running.secrets,
  ...stateSecrets(settings.state),
  ...(access.secret === undefined ? [] : [access.secret]),
];
const definition = nextGraph({ extensions, connectors: known });
const first = await definition.open();
const stopPublishing = publishOwnDependencies();
await runService(
  `The subgraph ${name}`,
  startSubgraphService({
    config,
    limits,
    budgets: state.budgets,
    module,
    first,
    callers,
    tail: events.tail,
    webhooks: {
      vendors: vendorEvents,
      log: events.log,
      catchUps,
    },
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
          if (module === undefined && found.length === 0)
            checkFile(
              read.connectors.find((file) => file.name === name),
              found,
            );
          return Promise.resolve(found.length > 0 ? undefined : nextGraph(read));
        },
      }),
    }),
    secrets,
    writeLog: (line) => process.stdout.write(line),
    monitoring,
    tracing,
    end: async () => {
      stopPublishing?.();
      fieldChecks.close();
      await catchUps.close();
      await running.close();
      await events.close();
      await state.close();
    },
  }),
  {
    message: { isSandbox },
    watch: development?.watch,
    onListening: (url) => {
      prepared.sandboxVendors?.deliverTo({ url, publicUrl: config.publicUrl });
    },
  },
);

catchUps.start();
fieldChecks.serve(ofThis(extensions));
if (production) for (const remedy of await findRemedies(plans, environment)) announce(remedy);

/** Lets gateways that share its Redis know which changes affect its fields. */
function publishOwnDependencies(): (() => void) | undefined {
  const [plan] = plans;
  const table = first.dependencies?.get(name);
  if (plan === undefined || table === undefined) return undefined;
  return publishDependencies(state.keyValues, name, { vendor: plan.vendor, table });
}

/** Access without a signature is only for APIs on this machine. */
function checkFile(file: ConnectorFile | undefined, found: Problems): void {
  if (file === undefined) found.push(`The subgraph ${name} is no longer part of the graph.`);
  else if (access.secret === undefined && isSandbox && !areSourcesOnThisMachine(file))
    found.push(
      `The subgraph ${name} has an API that is not on this machine, so requests need a signature, which takes effect at the next restart.`,
    );
}

/** Defines this process's subgraph from the files of the graph. */
function nextGraph(files: ConfiguredFiles): NextGraph {
  const file = files.connectors.find((one) => one.name === name && module === undefined);
  const onServed = () => {
    fieldChecks.serve(ofThis(files.extensions));
  };
  if (file === undefined) {
    const [subgraph] = running.subgraphs;
    if (subgraph === undefined) throw new TypeError('The subgraph was expected to exist.');
    const source = toServiceSource(subgraph.serve(files.extensions.get(name)));
    return { revision: source.revision, open: () => Promise.resolve(source), onServed };
  }
  const revision = connectorRevision(file);
  secrets.push(...secretsOf(file).filter((secret) => !secrets.includes(secret)));
  let connected: ConnectSubgraph | undefined;
  return {
    revision,
    open: () => {
      const opened = createConnectSubgraph(file, running.sources);
      connected = opened;
      const release = () => opened.close();
      return Promise.resolve(toServiceSource(opened.serve(), { revision, release }));
    },
    onServed: () => {
      onServed();
      connected?.renew();
      monitoring.vendorsChanged(sourceNames(file));
    },
  };
}

/** Selects the entry of this process's subgraph. */
function ofThis<Value>(all: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...all].filter(([of]) => of === name));
}
