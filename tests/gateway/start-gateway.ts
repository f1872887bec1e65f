import { readFileSync } from 'node:fs';
import type { GraphQLFormattedError } from 'graphql';
import { createSignedCallers } from '../../gateway/access/services/signed-caller.ts';
import { subgraphAccessSettings } from '../../gateway/access/services/subgraph-access.ts';
import { type Environment, parseSettings, type Settings } from '../../settings/settings.ts';
import { readAudienceSchemas } from '../../gateway/audiences/audience-schemas.ts';
import { type GatewayConfig, gatewaySettings } from '../../gateway/config.ts';
import { composeAudiences } from '../../gateway/audiences/compose-audiences.ts';
import { composeGraph } from '../../gateway/composition/compose-graph.ts';
import { ServiceConnections } from '../../gateway/engines/planned/service-connections.ts';
import { embedSubgraphs } from '../../gateway/engines/running-graph.ts';
import { openGatewayAccess, gatewayAccessSettings } from '../../gateway/gateway-access.ts';
import { startGateway, toGraphSource } from '../../gateway/gateway.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { serverSettings } from '../../gateway/server/server-config.ts';
import type { RunningService } from '../../gateway/server/run.ts';
import { serviceLimitSettings } from '../../gateway/admission/limit-settings.ts';
import type { VendorCatchUps } from '../../events/catch-up/vendor-catch-ups.ts';
import {
  PublishedDependencies,
  publishDependencies,
} from '../../subgraphs/published-dependencies.ts';
import type { OpenEvents } from '../../events/open-events.ts';
import { createMonitoring, type Monitoring } from '../../monitoring/monitoring.ts';
import { startTracing, tracingSettings } from '../../monitoring/start-tracing.ts';
import { type Sandbox, startSandbox, VENDORS } from '../../sandbox/sandbox.ts';
import { openState, stateSecrets, stateSettings } from '../../state/open-state.ts';
import { createMemoryKeyValues } from '../../state/memory-state.ts';
import type { SharedState } from '../../state/shared-state.ts';
import type { Extension } from '../../subgraphs/extensions/read-extension.ts';
import {
  openSubgraphs,
  prepareSubgraphs,
  type RunningSubgraphs,
} from '../../subgraphs/start-subgraphs.ts';
import { startSubgraphService, toServiceSource } from '../../gateway/subgraph-service.ts';
import { SUBGRAPHS, WARM_UP } from '../../bin/subgraphs.ts';
import { planVendors } from '../../subgraphs/vendor-plan.ts';
import type { CallRecord } from '../../request/request-scope.ts';
import { openEventsInMemory } from './open-test-events.ts';
import type { TestCatchUps } from './test-catch-ups.ts';

export interface TestGatewayOptions {
  /** @default 'embedded' */
  readonly mode?: 'embedded' | 'distributed';
  /** Added to what leads to the sandbox; wins over it. */
  readonly environment?: Environment;
  /** What audiences see, as SDL. @default the shipped ones */
  readonly audiences?: Audiences;
  /** Custom fields, as SDL by the names of the subgraphs. @default none */
  readonly extend?: Readonly<Record<string, string>>;
  /** A sandbox to use, which the caller closes. @default a new one */
  readonly sandbox?: Sandbox;
  /** Whether the sandbox vendors send their events to it or its services, from now on to them alone. @default false */
  readonly receivesEvents?: boolean;
  /** How it catches up with the changes of the vendors. @default not at all */
  readonly catchUps?: TestCatchUps | undefined;
  /** What it knows of changes, which the caller closes: two gateways with the same are two instances. @default a log of its own */
  readonly events?: OpenEvents;
  /** What the services know of changes, which the caller closes. @default what the gateway knows */
  readonly serviceEvents?: OpenEvents | undefined;
  /** Whether it serves subscriptions. @default true */
  readonly hasStreams?: boolean;
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Headers;
  // The tests say what they expect to be in it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: { readonly upstream?: readonly CallRecord[] } | undefined;
}

export interface TestGateway {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  readonly sandbox: Sandbox;
  /** What the gateway knows of changes. */
  readonly events: OpenEvents;
  /** The gateway's first; those of its services, where they are others. */
  readonly urls: readonly string[];
  /** Where health and metrics are, if `METRICS_PORT` gives them a port of their own. */
  readonly metricsUrls: readonly string[];
  /** The lines of the log so far, those of the services included. */
  readonly log: readonly string[];
  query(
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<GatewayResponse>;
  /** Serves the same graph with other audiences from now on; an embedded gateway alone. */
  reload(audiences: Audiences): Promise<void>;
  close(): Promise<void>;
}

/** Starts the whole graph over HTTP on sandbox vendors, all in this process. */
export async function startTestGateway({
  mode = 'embedded',
  environment = {},
  extend,
  audiences: givenAudiences,
  sandbox: given,
  receivesEvents = false,
  catchUps,
  events: givenEvents,
  serviceEvents,
  hasStreams = true,
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const whole = extend === undefined ? SHIPPED : composeExtended(extend);
  const audiences = givenAudiences ?? whole.audiences;
  const sandbox = given ?? (await startSandbox());
  const log: string[] = [];
  const settings = {
    PORT: '0',
    LOG_LEVEL: 'debug',
    // No call is cut because the machine is slow.
    VENDOR_TIMEOUT_MS: '0',
    SUBGRAPH_SECRET,
    ...sandbox.environment,
    ...(receivesEvents && sandbox.webhookEnvironment),
    ...environment,
  };
  const events = givenEvents ?? (await openEventsInMemory());
  const processEvents = { ...events, catchUps, hasStreams, serviceEvents };
  const served = { audiences };
  const running =
    mode === 'embedded'
      ? [await startEmbedded(settings, log, served, whole, processEvents)]
      : await startDistributed(settings, log, audiences, whole, processEvents);
  const [gateway] = running;
  if (gateway === undefined) throw new Error('No gateway was started.');
  if (receivesEvents) {
    // The processes that have the vendors' adapters.
    const [crm = gateway, payments = gateway] = running.slice(1);
    sandbox.hubspot.deliverTo({ url: `${crm.url}/webhooks/hubspot` });
    sandbox.stripe.deliverTo({ url: `${payments.url}/webhooks/stripe` });
  }
  return {
    url: gateway.url,
    urls: running.map(({ url }) => url),
    metricsUrls: running.flatMap(({ metricsUrl }) => metricsUrl ?? []),
    sandbox,
    events,
    log,
    query: (query, variables, headers) => sendOperation(gateway.url, { query, variables }, headers),
    reload: (changed) => {
      served.audiences = changed;
      return gateway.reload();
    },
    close: async () => {
      for (const service of running) await service.close();
      if (givenEvents === undefined) await events.close();
      if (given === undefined) await sandbox.close();
    },
  };
}

/** What the gateway and the services share; unused where there are no services. */
export const SUBGRAPH_SECRET = 'shared-by-the-processes-of-a-test';

/** The vendors' requests since a moment of `performance.now()`. They drop the oldest, so that counts mean nothing. */
export const requestsSince = (since: number, { hubspot, stripe, google }: Sandbox) =>
  [hubspot, stripe, google].flatMap(({ requests }) =>
    requests.filter(({ startedAt }) => startedAt >= since),
  );

/** Sends one operation to a GraphQL server. */
export async function sendOperation(
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<GatewayResponse> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  // A cast: the server's answers have this form, and tests that doubt it look closer.
  const { data, errors, extensions } = (await response.json()) as Pick<
    GatewayResponse,
    'data' | 'errors' | 'extensions'
  >;
  return { status: response.status, headers: response.headers, data, errors, extensions };
}

/** Errors as two engines must agree on them: a sorted list of code and path. */
export const codesAndPaths = (errors: GatewayResponse['errors']) =>
  (errors ?? [])
    .map(({ extensions, path = [] }) => `${String(extensions?.['code'])} ${path.join('.')}`)
    .sort();

type Audiences = ReadonlyMap<string, string>;

async function startEmbedded(
  environment: Environment,
  log: string[],
  served: { readonly audiences: Audiences },
  { supergraph, extensions }: WholeGraph,
  { catchUps, hasStreams, ...events }: ProcessEvents,
): Promise<RunningService> {
  const monitoring = createMonitoring({ vendors: VENDORS });
  const tracing = await startTracing(read(tracingSettings, environment), {
    serviceName: 'tributary',
    callsVendors: true,
  });
  const { state, secrets } = await stateOf(environment, monitoring);
  const { tail, invalidation } = events;
  const started = await start(environment, monitoring, state, { invalidation });
  const caughtUp = catchUps?.open(eventsOf(started), { events, monitoring });
  const writeLog = (line: string) => log.push(line);
  const config = configOf(environment);
  const access = await openAccess(environment, config, served.audiences, state);
  const toSource = (audiences: Audiences) => {
    const subgraphs = started.subgraphs.map((subgraph) =>
      subgraph.serve(extensions?.get(subgraph.name)),
    );
    const running = embedSubgraphs(supergraph, SUBGRAPHS, subgraphs);
    return toGraphSource({ config, running, audiences, revision: REVISION });
  };
  return startGateway({
    config,
    first: toSource(served.audiences),
    reload: (service) => service.replaceGraph(toSource(served.audiences)),
    secrets: [...started.secrets, ...secrets],
    end: closing(started, state, caughtUp),
    budgets: state.budgets,
    tail: hasStreams ? tail : undefined,
    conditional: {
      invalidation,
      vendors: new Map(SUBGRAPHS.map(({ name, defaultVendor }) => [name, defaultVendor])),
    },
    webhooks: webhooksOf(started, events, caughtUp),
    ...access,
    playground: PLAYGROUND,
    warmUp: WARM_UP,
    writeLog,
    monitoring,
    tracing,
  });
}

async function startDistributed(
  environment: Environment,
  log: string[],
  audiences: Audiences,
  { supergraph, extensions }: WholeGraph,
  { catchUps, hasStreams, serviceEvents, ...events }: ProcessEvents,
): Promise<RunningService[]> {
  const { tail, invalidation } = events;
  const known = serviceEvents ?? events;
  const writeLog = (line: string) => log.push(line);
  // As in Redis, which the processes share.
  const shared = createMemoryKeyValues();
  const services = await Promise.all(
    SUBGRAPHS.map(async (module) => {
      const { name, defaultVendor: vendor } = module;
      const config = read(serverSettings({ defaultPort: 0 }), environment);
      const limits = read(serviceLimitSettings, environment);
      const monitoring = createMonitoring({
        vendors: VENDORS.filter((_vendor, index) => SUBGRAPHS[index]?.name === name),
      });
      const tracing = await startTracing(read(tracingSettings, environment), {
        serviceName: `tributary-${name}`,
        callsVendors: true,
      });
      const { state, secrets } = await stateOf(environment, monitoring);
      const started = await start(environment, monitoring, state, {
        invalidation: known.invalidation,
        only: name,
      });
      const caughtUp = catchUps?.open(eventsOf(started), { events: known, monitoring });
      const [subgraph] = started.subgraphs;
      if (subgraph === undefined) throw new Error(`The subgraph ${name} is built in.`);
      const access = read(subgraphAccessSettings({ mustSign: false }), environment);
      const callers = createSignedCallers(access);
      const served = subgraph.serve(extensions?.get(name));
      const stopPublishing = publishDependencies(shared, name, {
        vendor,
        table: served.dependencies ?? {},
      });
      const options = {
        config,
        limits,
        budgets: state.budgets,
        webhooks: webhooksOf(started, known, caughtUp),
        module,
        first: toServiceSource(served),
        secrets: [...started.secrets, ...secrets],
        end: async () => {
          stopPublishing();
          await closing(started, state, caughtUp)();
        },
        callers,
        tail: known.tail,
        writeLog,
        monitoring,
        tracing,
      };
      return [name, await startSubgraphService(options)] as const;
    }),
  );
  const urls = services.map(([name, { url }]) => [
    `${name.toUpperCase()}_SUBGRAPH_URL`,
    `${url}/graphql`,
  ]);
  const config = configOf({ ...environment, ...(Object.fromEntries(urls) as Environment) });
  if (config.execution.mode !== 'distributed')
    throw new Error('The three URLs make the gateway distributed.');
  const monitoring = createMonitoring({ vendors: [] });
  const caughtUp = catchUps?.open([], { events, monitoring });
  const { createDistributedGraph } =
    await import('../../gateway/engines/planned/distributed-graph.ts');
  const { requestTimeoutMs, production } = config;
  const running = await createDistributedGraph({
    modules: SUBGRAPHS,
    supergraph,
    urls: config.execution.urls,
    serviceConnections: new ServiceConnections({
      requestTimeoutMs,
      traces: !production,
      monitor: monitoring.services,
    }),
  });
  const tracing = await startTracing(read(tracingSettings, environment), {
    serviceName: 'tributary',
    callsVendors: false,
  });
  const { state, secrets } = await stateOf(environment, monitoring);
  const access = await openAccess(environment, config, audiences, state);
  const names = SUBGRAPHS.map(({ name }) => name);
  const dependencies = new PublishedDependencies(shared, names);
  await dependencies.refresh();
  const gateway = await startGateway({
    config,
    first: toGraphSource({ config, running, audiences, revision: REVISION }),
    secrets,
    end: async () => {
      await caughtUp?.close();
      await state.close();
    },
    budgets: state.budgets,
    tail: hasStreams ? tail : undefined,
    conditional: { invalidation, vendors: new Map(), services: dependencies },
    ...access,
    playground: PLAYGROUND,
    warmUp: WARM_UP,
    writeLog,
    monitoring,
    tracing,
  });
  return [gateway, ...services.map(([, service]) => service)];
}

/** The state of one process, as its main file opens it. */
async function stateOf(environment: Environment, { upstream }: Monitoring) {
  const settings = read(stateSettings, environment);
  const state = await openState(settings, (isShared, reason) => {
    upstream.sharedStateChanged(isShared, reason);
  });
  return { state, secrets: stateSecrets(settings) };
}

/** What one process knows of changes. */
type ProcessEvents = OpenEvents &
  Pick<TestGatewayOptions, 'catchUps' | 'serviceEvents'> & { readonly hasStreams: boolean };

const eventsOf = ({ subgraphs }: RunningSubgraphs) =>
  subgraphs.flatMap(({ events }) => events ?? []);

const webhooksOf = (
  started: RunningSubgraphs,
  { log }: OpenEvents,
  catchUps: VendorCatchUps | undefined,
) => ({
  vendors: eventsOf(started),
  log,
  ...(catchUps !== undefined && { catchUps }),
});

const closing =
  (subgraphs: RunningSubgraphs, state: SharedState, catchUps: VendorCatchUps | undefined) =>
  async () => {
    await catchUps?.close();
    await subgraphs.close();
    await state.close();
  };

async function start(
  environment: Environment,
  monitoring: Monitoring,
  state: SharedState,
  { invalidation, only }: Pick<OpenEvents, 'invalidation'> & { readonly only?: string },
) {
  const modules = SUBGRAPHS.filter(({ name }) => only === undefined || name === only);
  const problems: string[] = [];
  const plans = planVendors({ modules, environment, production: false, problems });
  const prepared = await prepareSubgraphs({ plans, environment, problems });
  if (prepared === undefined || problems.length > 0) throw new Error(problems.join('\n'));
  return openSubgraphs(prepared, { readSdl, monitor: monitoring.upstream, state, invalidation });
}

/** The vendors are sandbox vendors, whatever their credentials say. */
const openAccess = (
  environment: Environment,
  config: GatewayConfig,
  audiences: Audiences,
  { redis }: SharedState,
) =>
  openGatewayAccess(
    read(gatewayAccessSettings({ config, isSandbox: true, audiences }), environment),
    config,
    redis,
  );

const configOf = (environment: Environment) => read(gatewaySettings(SUBGRAPHS), environment);

/** @throws Error that names each problem */
function read<T>(settings: Settings<T>, environment: Environment): T {
  const problems: string[] = [];
  const value = parseSettings(settings, environment, problems);
  if (value === undefined || problems.length > 0) throw new Error(problems.join('\n'));
  return value;
}

const readSdl = (name: string) =>
  readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8');

/** The graph that is served, and what it is made of. */
interface WholeGraph {
  readonly supergraph: Supergraph;
  readonly audiences: Audiences;
  readonly extensions?: ReadonlyMap<string, Extension> | undefined;
}

const SHIPPED: WholeGraph = {
  supergraph: new Supergraph(readSdl('supergraph')),
  audiences: readAudienceSchemas(new URL('../../schema/audiences/', import.meta.url)),
};

/** The graph with custom fields, as SDL by the names of the subgraphs. */
export function composeExtended(extend: Readonly<Record<string, string>>): WholeGraph {
  const extensions = Object.entries(extend).map(
    ([name, sdl]) => [name, { path: `${name}.fields.graphql`, sdl }] as const,
  );
  const builtIn = SUBGRAPHS.map(({ name }) => name);
  const { composed, problems } = composeGraph(
    { path: 'graph.yaml', builtIn, extensions: new Map(extensions), services: [] },
    { modules: SUBGRAPHS, readSdl },
  );
  if (composed === undefined) throw new Error(problems.join('\n'));
  const yaml = readFileSync(new URL('../../schema/audiences.yml', import.meta.url), 'utf8');
  return { ...composed, audiences: composeAudiences(composed.supergraph, SUBGRAPHS, yaml) };
}

const REVISION = 'first';

const PLAYGROUND = new URL('../../dist/playground/', import.meta.url);
