import type { ConditionalSources } from './conditional/conditional-requests.ts';
import type { LogTail } from '../../events/log/log-tail.ts';
import { Streams } from './streams/streams.ts';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { describeUnexpectedError } from '../../errors/describe-error.ts';
import type { EventLogger } from '../../request/event-logger.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { Callers } from '../access/callers.ts';
import { loadPolicies } from '../access/fields/load-policies.ts';
import type { Safelist } from '../access/safelist/safelist.ts';
import type { SignCaller, SignedCallers } from '../access/services/signed-caller.ts';
import type { CallerLimits } from '../admission/caller-limits.ts';
import type { LimitSettings } from '../admission/limit-settings.ts';
import { createRequestLimits } from '../admission/request-limits.ts';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import type { Tracing } from '../../monitoring/tracing.ts';
import { createMemoryBudgets } from '../../state/memory-budgets.ts';
import type { BudgetStore } from '../../state/shared-state.ts';
import { allowOrigins } from '../server/allowed-origins.ts';
import { checkCallers } from './caller-check.ts';
import { limitAddresses, limitCallers } from './caller-limit-check.ts';
import { serveFiles } from './file-routes.ts';
import { serveGraphQL, type WebSocketOptions } from './graphql-route.ts';
import { GraphQLServer } from './graphql-server.ts';
import { HeavyOperations } from './heavy-operations.ts';
import type { RunningService } from '../server/run.ts';
import { logRequests } from './log-requests.ts';
import { PersistedQueries } from './persisted-queries.ts';
import { CurrentGraph, type GraphSource, ServedGraph, type StartServer } from './served-graph.ts';
import type { WarmUpOperation } from '../../subgraphs/subgraph.ts';
import { createHttpServer } from '../server/http-server.ts';
import { createJsonReader } from '../server/json-body.ts';
import { serveMonitoring } from '../server/monitoring-routes.ts';
import type { ServerConfig } from '../server/server-config.ts';
import { acceptWebSockets } from './transports/open-sockets.ts';
import { ValidationLine } from './validation-line.ts';
import { warmUp } from './warm-up.ts';

export interface ServiceOptions {
  readonly config: ServerConfig;
  /** The graph to begin with; all else outlives it. */
  readonly first: GraphSource;
  /** Finds out who asks. */
  readonly callers: Callers;
  /** @default services are not told who asks */
  readonly signCaller?: SignCaller | undefined;
  /** @default every operation is expected */
  readonly safelist?: Safelist | undefined;
  /** Of pages that may ask from a browser. @default none */
  readonly corsOrigins?: readonly string[];
  readonly limits: LimitSettings;
  /** Counts what callers spend. @default in this process alone */
  readonly budgets?: BudgetStore | undefined;
  /** The first parts of the paths of files that a graph may have. @default those that the first graph has */
  readonly filePrefixes?: readonly string[];
  /** Whether a request for a file comes from a gateway of ours, which has counted its client. @default none does */
  readonly isFromGateway?: (request: FastifyRequest) => Promise<boolean>;
  /** Credentials, which are kept out of the log. */
  readonly secrets: readonly string[];
  readonly monitoring: Monitoring;
  /** @default no traces are sent */
  readonly tracing?: Tracing | undefined;
  /** Takes the lines of the log. */
  readonly writeLog: (line: string) => void;
  /** An operation that is run before a graph's first request, to warm it up. @default none */
  readonly warmUp?: WarmUpOperation | undefined;
  /** Reads the changes that vendors tell of. @default there are no streams, and no cursors */
  readonly tail?: LogTail | undefined;
  /** For the service of a subgraph: whether its gateway has sent a change. @default subscriptions are answered by streams */
  readonly hasSigned?: SignedCallers['hasSigned'] | undefined;
  /** What tells whether a response is still as it was. @default GET requests have no conditions */
  readonly conditional?: ConditionalSources | undefined;
  /** Adds routes of its own. */
  readonly addRoutes?: (app: FastifyInstance, served: RouteContext) => void;
  /** Reads again what can be changed while the service runs. @default nothing is */
  readonly reload?: ((reloaded: ReloadedService) => Promise<void>) | undefined;
  /** Ends what outlives each graph, once the last request is answered. @default nothing does */
  readonly end?: (() => Promise<void>) | undefined;
}

type ProcessOptions = Omit<ServiceOptions, 'first'>;

/** A service as far as it can be changed while it runs. */
export interface ReloadedService {
  readonly logger: ReloadLogger;
  /** What clients see of the graph that is served. */
  readonly schema: GraphQLSchema;
  /**
   * Serves another graph from now on. Requests under way are answered from the one before.
   * @param onReplaced is called at the moment in which the other graph takes over
   */
  replaceGraph(source: GraphSource, onReplaced?: () => void): Promise<void>;
}

/** What routes beside the graph's need. */
export interface RouteContext {
  readonly graphs: CurrentGraph;
  /** Counts requests for a plug-in's routes by the client's address, apart from those for anything else. */
  readonly countByAddress: (routes: FastifyInstance, purpose: string) => void;
  /** Limits what is counted by the client's address, apart from anything else. */
  readonly addressLimits: (purpose: string) => CallerLimits;
}

/** Hears what was read again. */
export interface ReloadLogger extends EventLogger {
  error(fields: object, message: string): void;
}

/** Serves a graph over HTTP: the gateway, or one subgraph. */
export async function startService({ first, ...options }: ServiceOptions): Promise<RunningService> {
  const { config, limits, monitoring, tracing, tail } = options;
  const { filePrefixes = Object.keys(first.files) } = options;
  const app = createServer(options);
  await allowOrigins(app, options.corsOrigins ?? []);
  const start = await graphStarter(options, app.log);
  for (const part of [monitoring, tracing, options.callers]) part?.logTo(app.log);
  const requestLimits = createRequestLimits(limits, options.budgets ?? createMemoryBudgets());
  let isReady = false;
  closeConnectionsUnless(app, () => isReady);
  const webSockets = await openWebSockets(app, requestLimits, options);
  checkCallers(app, options);
  limitCallers(app, {
    limits: requestLimits.callers,
    callerOf: ({ caller }) => caller ?? ANONYMOUS_CALLER,
    monitoring,
  });
  const graphs = new CurrentGraph(await start(first));
  monitoring.graph.serves(first.revision);
  const streams = openStreams(app, graphs, requestLimits, options);
  const logHead = () => tail?.head;
  serveGraphQL(app, graphs, { ...config, monitoring, tracing, logHead, streams, webSockets });
  const countByAddress = (routes: FastifyInstance, purpose: string) => {
    limitAddresses(routes, { limits: requestLimits.addresses(purpose) });
  };
  serveLimitedFiles(app, graphs, requestLimits, { ...options, filePrefixes });
  const operator = config.metricsPort === undefined ? undefined : createOperatorServer(options);
  serveMonitoring(operator ?? app, {
    monitoring,
    isReady: () => isReady,
    countMetrics: (routes) => {
      countByAddress(routes, 'metrics');
    },
  });
  options.addRoutes?.(app, { graphs, countByAddress, addressLimits: requestLimits.addresses });
  const { host, port, metricsPort = 0, drainDelayMs } = config;
  const metricsUrl = await operator?.listen({ host, port: metricsPort });
  const url = await app.listen({ host, port });
  isReady = true;
  return {
    url,
    metricsUrl,
    drainDelayMs,
    startDraining: () => {
      isReady = false;
      streams?.drain(drainDelayMs);
      webSockets?.sockets.drain();
    },
    reload: () => reload(options.reload, reloadedService(graphs, start, options, app.log)),
    close: async () => {
      isReady = false;
      await app.close();
      // Until then it says that the process drains.
      await operator?.close();
      await graphs.close();
      options.callers.close();
      await options.end?.();
      await tracing?.close();
    },
  };
}

/** Starts graphs. Their servers, those of whole graphs and of audiences, have in common what outlives a graph. */
async function graphStarter(
  {
    config,
    safelist,
    limits,
    warmUp: operation,
    tail,
    signCaller,
    hasSigned,
    conditional: sources,
  }: ProcessOptions,
  log: FastifyBaseLogger,
) {
  const { introspection, production, policiesFile } = config;
  const policies = policiesFile === undefined ? undefined : await loadPolicies(policiesFile);
  const heavy = new HeavyOperations();
  const validation = new ValidationLine();
  const persisted = new Map<string | undefined, PersistedQueries>();
  const persistedOf = (audience: string | undefined) => {
    const queries = persisted.get(audience) ?? new PersistedQueries(safelist);
    persisted.set(audience, queries);
    return queries;
  };
  const startServer: StartServer = (
    graph,
    { costs, changeFields, dependencies, revision },
    audience,
  ) =>
    GraphQLServer.start({
      graph,
      persisted: persistedOf(audience),
      limits,
      costs,
      changeFields,
      logHead: tail && (() => tail.head),
      signCaller,
      hasSigned,
      conditional: sources && dependencies && { sources, revision, audience, dependencies },
      introspection,
      production,
      policies,
      heavy,
      validation,
    });
  return async (source: GraphSource): Promise<ServedGraph> => {
    const graph = await ServedGraph.start(source, startServer);
    if (operation !== undefined) await warmUp(graph.server, operation, log);
    return graph;
  };
}

const reloadedService = (
  graphs: CurrentGraph,
  start: (source: GraphSource) => Promise<ServedGraph>,
  { monitoring }: ProcessOptions,
  logger: ReloadLogger,
): ReloadedService => ({
  logger,
  schema: graphs.value.server.schema,
  replaceGraph: async (source, onReplaced) => {
    const next = await start(source);
    try {
      await source.ready?.();
      await next.prepareDocumentsOf(graphs.value);
    } catch (error) {
      await next.close();
      throw error;
    }
    graphs.replace(next);
    monitoring.graph.serves(source.revision);
    onReplaced?.();
  },
});

async function reload(run: ServiceOptions['reload'], service: ReloadedService): Promise<void> {
  try {
    await run?.(service);
  } catch (error) {
    service.logger.error({ error: describeUnexpectedError(error) }, 'the reload has failed');
  }
}

/** Streams end before the server waits for its open responses. */
function openStreams(
  app: FastifyInstance,
  graphs: CurrentGraph,
  { callers: callerLimits }: ReturnType<typeof createRequestLimits>,
  { tail, hasSigned, config, callers, limits, signCaller, monitoring, tracing }: ProcessOptions,
): Streams | undefined {
  if (tail === undefined || hasSigned !== undefined) return undefined;
  const { requestTimeoutMs } = config;
  const streams = new Streams({
    tail,
    graphs,
    requestTimeoutMs,
    callers,
    callerLimits,
    limits: limits.streams,
    signCaller,
    monitoring,
    tracing,
  });
  app.addHook('preClose', (done) => {
    streams.close();
    done();
  });
  return streams;
}

async function openWebSockets(
  app: FastifyInstance,
  { callers: callerLimits }: ReturnType<typeof createRequestLimits>,
  { config, tail, hasSigned, callers, signCaller, limits, corsOrigins = [] }: ProcessOptions,
): Promise<WebSocketOptions | undefined> {
  if (tail === undefined || hasSigned !== undefined) return undefined;
  const readJson = createJsonReader(app, limits.bodyKeys);
  const sockets = await acceptWebSockets(app);
  const { publicUrl } = config;
  return { sockets, callers, signCaller, callerLimits, readJson, corsOrigins, publicUrl };
}

/** Else a client that keeps its connection would keep the process too. */
function closeConnectionsUnless(app: FastifyInstance, isReady: () => boolean): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (!isReady()) void reply.header('connection', 'close');
    done();
  });
}

function serveLimitedFiles(
  app: FastifyInstance,
  graphs: CurrentGraph,
  requestLimits: ReturnType<typeof createRequestLimits>,
  { config, filePrefixes = [], signCaller, isFromGateway }: ProcessOptions,
): void {
  app.register((routes, _options, done) => {
    limitAddresses(routes, { limits: requestLimits.addresses('files'), isFromGateway });
    serveFiles(routes, graphs, { ...config, filePrefixes, signCaller });
    done();
  });
}

/** For health and metrics on a port of their own, which has no callers. */
function createOperatorServer(options: ProcessOptions): FastifyInstance {
  const app = createServer(options);
  app.decorateRequest('caller', null);
  return app;
}

function createServer({
  config,
  limits,
  monitoring,
  secrets,
  writeLog,
}: ProcessOptions): FastifyInstance {
  const app = createHttpServer(
    { level: config.logLevel, secrets, write: writeLog },
    {
      bodyBytes: limits.bodyBytes,
      bodyKeys: limits.bodyKeys,
      trustedProxies: config.trustedProxies,
      connections: config.connections,
      compression: config.compression,
      requestTimeoutMs: config.requestTimeoutMs,
      onConnectionClosed: monitoring.connectionClosed,
    },
  );
  logRequests(app, config.logLevel);
  return app;
}
