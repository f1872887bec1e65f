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
  /** The first graph. All other options outlive it. */
  readonly first: GraphSource;
  /** Identifies callers. */
  readonly callers: Callers;
  /** @default services do not receive the caller */
  readonly signCaller?: SignCaller | undefined;
  /** @default all operations are allowed */
  readonly safelist?: Safelist | undefined;
  /** The origins of pages that may send requests from a browser. @default none */
  readonly corsOrigins?: readonly string[];
  readonly limits: LimitSettings;
  /** Stores the rate limits of callers. @default in the memory of this process */
  readonly budgets?: BudgetStore | undefined;
  /** The first path segments of files. @default those of the first graph */
  readonly filePrefixes?: readonly string[];
  /** Whether a request for a file comes from our own gateway, which has counted its client. @default never */
  readonly isFromGateway?: (request: FastifyRequest) => Promise<boolean>;
  /** Credentials, which are redacted in the log. */
  readonly secrets: readonly string[];
  readonly monitoring: Monitoring;
  /** @default no tracing */
  readonly tracing?: Tracing | undefined;
  /** Writes a line of the log. */
  readonly writeLog: (line: string) => void;
  /** An operation that warms up a graph before its first request. @default none */
  readonly warmUp?: WarmUpOperation | undefined;
  /** Reads the change log. @default no streams and no cursors */
  readonly tail?: LogTail | undefined;
  /** For a subgraph service: whether its gateway has signed a change. @default subscriptions need a stream */
  readonly hasSigned?: SignedCallers['hasSigned'] | undefined;
  /** Checks whether a response is still current. @default no conditional requests */
  readonly conditional?: ConditionalSources | undefined;
  /** Adds routes. */
  readonly addRoutes?: (app: FastifyInstance, served: RouteContext) => void;
  /** Reloads the files that can change while the service runs. @default no reload */
  readonly reload?: ((reloaded: ReloadedService) => Promise<void>) | undefined;
  /** Releases resources that outlive each graph, after the last request. @default nothing */
  readonly end?: (() => Promise<void>) | undefined;
}

type ProcessOptions = Omit<ServiceOptions, 'first'>;

/** The parts of a service that a reload can replace. */
export interface ReloadedService {
  readonly logger: ReloadLogger;
  /** The API schema of the current graph. */
  readonly schema: GraphQLSchema;
  /**
   * Serves another graph. Requests in progress continue with the old one.
   * @param onReplaced is called when the new graph becomes current
   */
  replaceGraph(source: GraphSource, onReplaced?: () => void): Promise<void>;
}

/** The dependencies of additional routes. */
export interface RouteContext {
  readonly graphs: CurrentGraph;
  /** Limits requests for a plug-in's routes by the client's address. Each purpose has its own limit. */
  readonly countByAddress: (routes: FastifyInstance, purpose: string) => void;
  /** Creates limits by the client's address for one purpose. */
  readonly addressLimits: (purpose: string) => CallerLimits;
}

/** Logs the result of a reload. */
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
      // Until then, it reports that the process drains.
      await operator?.close();
      await graphs.close();
      options.callers.close();
      await options.end?.();
      await tracing?.close();
    },
  };
}

/** Creates the function that starts graphs. All their servers share the parts that outlive a graph. */
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
  const policies =
    policiesFile === undefined
      ? undefined
      : await loadPolicies(policiesFile, config.requestTimeoutMs);
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
      conditional: sources &&
        (dependencies ?? sources.services) && { sources, revision, audience, dependencies },
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
    service.logger.error({ error: describeUnexpectedError(error) }, 'the reload failed');
  }
}

/** Opens the streams. They end before the server waits for open responses. */
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

/** Without this, a keep-alive connection would prevent the process from ending. */
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

/** Serves health and metrics on a separate port, without callers. */
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
