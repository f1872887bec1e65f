import { allOf, parseSettings, type Problems } from '../settings/settings.ts';
import { loadEnvironmentFile } from '../settings/environment-file.ts';
import { gatewaySettings } from '../gateway/config.ts';
import { readAudienceSchemas } from '../gateway/audiences/audience-schemas.ts';
import {
  describeGatewayAccess,
  gatewayAccessSettings,
  openGatewayAccess,
  secretsOf,
} from '../gateway/gateway-access.ts';
import { ServiceConnections } from '../gateway/engines/planned/service-connections.ts';
import { createSafelist, startGateway, toGraphSource } from '../gateway/gateway.ts';
import { connectorsHere, defineGraph, modulesHere } from '../gateway/graph-definition.ts';
import { openGraph, type ProcessResources } from '../gateway/open-graph.ts';
import { checkSafelist } from '../gateway/safelist-check.ts';
import { isSandboxOnly } from '../gateway/sandbox-only.ts';
import {
  announce,
  exitWithProblems,
  handleEarlySignals,
  runService,
} from '../gateway/server/run.ts';
import { isProduction } from '../gateway/server/server-config.ts';
import { createMonitoring } from '../monitoring/monitoring.ts';
import { catchUpSettings } from '../events/catch-up/catch-up-settings.ts';
import { eventsSettings, hasStreams } from '../events/events-settings.ts';
import { startTracing, tracingSettings } from '../monitoring/start-tracing.ts';
import { openState, stateSecrets, stateSettings } from '../state/open-state.ts';
import { sandboxVendorsOf } from '../subgraphs/sandbox-vendors.ts';
import {
  type ConnectorFile,
  describeConnectors,
  describeWarnings,
  sourceNames,
} from '../subgraphs/connect/connector-file.ts';
import { describeLiveWithoutEvents } from '../subgraphs/cache-settings.ts';
import { PublishedDependencies } from '../subgraphs/published-dependencies.ts';
import { openSubgraphs, prepareSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { describePlan, planVendors } from '../subgraphs/vendor-plan.ts';
import { findRemedies } from './doctor.ts';
import { FEEDS } from './feeds.ts';
import { FieldChecks } from './field-checks.ts';
import { createGraphReload } from './graph-reload.ts';
import { createNextGraph } from './next-graph.ts';
import { openCatchUps, openEventsOrExit, readEventsProcess } from './process-events.ts';
import { readSecrets } from './program-settings.ts';
import { createReload } from './reload.ts';
import { schemaFilesIn } from './schema-files.ts';
import { SUBGRAPHS, WARM_UP } from './subgraphs.ts';
import { watchGraph } from './watch-graph.ts';

handleEarlySignals();
const readEnvironmentFile = loadEnvironmentFile(process.env);
const environment = readSecrets();
const production = isProduction(environment);
const development = production ? undefined : watchGraph(environment);
const problems: Problems = [];
const { readSdl, audiences } = schemaFilesIn(new URL('../schema/', import.meta.url));
const config = parseSettings(
  gatewaySettings(SUBGRAPHS, { feeds: FEEDS, readSdl }),
  environment,
  problems,
);
const settings = parseSettings(
  allOf({
    state: stateSettings,
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
  isDistributed: config?.execution.mode === 'distributed',
  settings,
  problems,
});
const embeddedModules = modulesHere(config?.execution, SUBGRAPHS);
const connectors = connectorsHere(config?.execution);
const isEmbedded = embeddedModules.length + connectors.length > 0;
const plans = planVendors({ modules: embeddedModules, environment, production, problems });
const sources = {
  modules: SUBGRAPHS,
  feeds: FEEDS,
  readSdl,
  audiences,
  composer: new URL('../dist/composer.js', import.meta.url),
};
const definition = await defineGraph(config?.execution ?? { mode: 'embedded' }, sources, problems);
const isSandbox = config === undefined || isSandboxOnly(config, plans, environment);
const access = parseSettings(
  gatewayAccessSettings({
    config,
    isSandbox,
    audiences: definition?.audiences ?? readAudienceSchemas(audiences),
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
if (config !== undefined && definition !== undefined)
  checkSafelist(config, definition.supergraph, SUBGRAPHS, problems);
exitWithProblems(problems);
if (
  config === undefined ||
  settings === undefined ||
  access === undefined ||
  prepared === undefined ||
  definition === undefined
)
  throw new TypeError('The configuration was expected to be valid.');

for (const line of [
  ...plans.map(describePlan),
  ...connectors.map(describeConnectors),
  ...connectors.flatMap(describeWarnings),
  ...describeGatewayAccess(access),
])
  announce(line);
const vendorsOf = (files: readonly ConnectorFile[]) => [
  ...plans.map(({ vendor }) => vendor),
  ...files.flatMap(sourceNames),
];
const monitoring = createMonitoring({ vendors: vendorsOf(connectors) });
const tracing = await startTracing(settings.tracing, {
  serviceName: 'tributary',
  callsVendors: isEmbedded,
});
const state = await openState(settings.state, (isShared, reason) => {
  monitoring.upstream.sharedStateChanged(isShared, reason);
});
const events = await openEventsOrExit(settings.events, {
  ...eventsProcess,
  redis: state.redis,
  warn: announce,
});
if (!hasStreams(eventsProcess))
  announce('Subscriptions are not served: with subgraphs as services, they need REDIS_URL.');
const connected = openSubgraphs(prepared, {
  readSdl,
  monitor: monitoring.upstream,
  state,
  invalidation: events.invalidation,
});
for (const line of describeLiveWithoutEvents(connected.subgraphs)) announce(line);
const vendorEvents = connected.subgraphs.flatMap((subgraph) => subgraph.events ?? []);
const catchUps = openCatchUps(vendorEvents, {
  events,
  keyValues: state.keyValues,
  settings: settings.catchUp,
  monitoring,
});
const serviceDependencies =
  config.execution.mode === 'distributed'
    ? new PublishedDependencies(
        state.keyValues,
        SUBGRAPHS.map(({ name }) => name),
      )
    : undefined;
const { proxies } = prepared.resources;
const resources: ProcessResources = {
  modules: SUBGRAPHS,
  subgraphs: connected.subgraphs,
  sources: connected.sources,
  serviceConnections: new ServiceConnections({
    requestTimeoutMs: config.requestTimeoutMs,
    // In production, services do not report their vendor calls to the gateway.
    traces: !production,
    monitor: monitoring.services,
    proxies,
  }),
  planner: new URL('../dist/planner.js', import.meta.url),
};
const opened = await openGatewayAccess(access, config, state.redis);
const secrets = [...connected.secrets, ...stateSecrets(settings.state), ...secretsOf(access)];
const safelist = createSafelist(config);
const fieldChecks = new FieldChecks({
  modules: SUBGRAPHS,
  subgraphs: connected.subgraphs,
  warn: announce,
});
const running = await openGraph(definition, resources);
await runService(
  'Tributary',
  startGateway({
    config,
    first: toGraphSource({ ...definition, config, running }),
    // A graph with such a subgraph serves its files.
    filePrefixes: SUBGRAPHS.flatMap(({ files }) => files),
    budgets: state.budgets,
    tail: hasStreams(eventsProcess) ? events.tail : undefined,
    conditional: {
      invalidation: events.invalidation,
      vendors: new Map(plans.map(({ module, vendor }) => [module.name, vendor])),
      ...(serviceDependencies && { services: serviceDependencies }),
    },
    webhooks: {
      vendors: vendorEvents,
      log: events.log,
      catchUps,
    },
    ...opened,
    safelist,
    reload: createReload({
      environment,
      readEnvironmentFile,
      plans,
      subgraphs: connected.subgraphs,
      proxies,
      callers: opened.callers,
      secrets,
      reloadGraph: createGraphReload({
        revision: definition.revision,
        read: createNextGraph({
          config,
          access,
          plans,
          sources,
          resources,
          safelist,
          first: definition,
          onSecrets: (found) => {
            secrets.push(...found.filter((secret) => !secrets.includes(secret)));
          },
          onServed: ({ extensions, execution }) => {
            fieldChecks.serve(extensions);
            monitoring.vendorsChanged(vendorsOf(connectorsHere(execution)));
          },
        }),
        monitoring,
        onReloaded: development?.onReloaded,
      }),
      onProblems: development?.onProblems,
    }),
    playground: new URL('../dist/playground/', import.meta.url),
    warmUp: WARM_UP,
    secrets,
    writeLog: (line) => process.stdout.write(line),
    monitoring,
    tracing,
    end: async () => {
      serviceDependencies?.stop();
      fieldChecks.close();
      await catchUps.close();
      await connected.close();
      await events.close();
      await state.close();
    },
  }),
  {
    page: config.playground ? 'Playground' : undefined,
    watch: development?.watch,
    onListening: (url) => {
      prepared.sandboxVendors?.deliverTo({ url, publicUrl: config.publicUrl });
    },
  },
);

catchUps.start();
serviceDependencies?.start();
fieldChecks.serve(definition.extensions);
if (production) for (const remedy of await findRemedies(plans, environment)) announce(remedy);
