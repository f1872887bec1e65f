import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { describeUnexpectedError } from '../../errors/describe-error.ts';
import type { EventLogger } from '../../request/event-logger.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { Callers } from '../access/callers.ts';
import { loadPolicies } from '../access/fields/load-policies.ts';
import type { Safelist } from '../access/safelist/safelist.ts';
import type { SignCaller } from '../access/services/signed-caller.ts';
import type { LimitSettings } from '../admission/limit-settings.ts';
import { createRequestLimits } from '../admission/request-limits.ts';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import type { Graph } from '../operation/graph.ts';
import type { Tracing } from '../../monitoring/tracing.ts';
import { createMemoryBudgets } from '../../state/memory-budgets.ts';
import type { BudgetStore } from '../../state/shared-state.ts';
import type { FileReader } from '../../subgraphs/subgraph.ts';
import { allowOrigins } from '../server/allowed-origins.ts';
import { checkCallers } from './caller-check.ts';
import { limitAddresses, limitCallers } from './caller-limit-check.ts';
import type { CostOptions } from './cost-check.ts';
import { AudienceServers } from './audience-servers.ts';
import { serveFiles } from './file-routes.ts';
import { serveGraphQL } from './graphql-route.ts';
import { GraphQLServer } from './graphql-server.ts';
import { HeavyOperations } from './heavy-operations.ts';
import type { RunningService } from '../server/run.ts';
import { logRequests } from './log-requests.ts';
import type { WarmUpOperation } from '../../subgraphs/subgraph.ts';
import { createHttpServer } from '../server/http-server.ts';
import { serveMonitoring } from '../server/monitoring-routes.ts';
import type { ServerConfig } from '../server/server-config.ts';
import { ValidationLine } from './validation-line.ts';
import { warmUp } from './warm-up.ts';

export interface ServiceOptions {
  readonly config: ServerConfig;
  readonly graph: Graph;
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
  /** @default operations may cost what they like */
  readonly costs?: CostOptions | undefined;
  /** Graphs of the audiences by their names; none is made before it is asked for. @default it does not matter who sees what */
  readonly audiences?: ReadonlyMap<string, () => Graph>;
  /** Readers of files by the first part of their path. */
  readonly files: Readonly<Record<string, FileReader>>;
  /** Whether a request for a file comes from a gateway of ours, which has counted its client. @default none does */
  readonly isFromGateway?: (request: FastifyRequest) => Promise<boolean>;
  /** Credentials, which are kept out of the log. */
  readonly secrets: readonly string[];
  readonly monitoring: Monitoring;
  /** @default no traces are sent */
  readonly tracing?: Tracing | undefined;
  /** Takes the lines of the log. */
  readonly writeLog: (line: string) => void;
  /** Is answered for nobody before the first client is. @default no operation is */
  readonly warmUp?: WarmUpOperation | undefined;
  /** Adds routes of its own. */
  readonly addRoutes?: (app: FastifyInstance, served: RouteContext) => void;
  /** Reads again what can be changed while the service runs. @default nothing is */
  readonly reload?: ((logger: ReloadLogger) => Promise<void>) | undefined;
  /** Ends what the graph holds, once the last request is answered. */
  readonly release: () => Promise<void>;
}

/** What routes beside the graph's need. */
export interface RouteContext {
  readonly schema: GraphQLSchema;
  /** Counts requests for a plug-in's routes by the client's address, apart from those for anything else. */
  readonly countByAddress: (routes: FastifyInstance, what: string) => void;
}

/** Hears what was read again. */
export interface ReloadLogger extends EventLogger {
  error(fields: object, message: string): void;
}

/** Serves a graph over HTTP: the gateway, or one subgraph. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { config, graph, limits, monitoring, tracing } = options;
  const app = createServer(options);
  await allowOrigins(app, options.corsOrigins ?? []);
  const start = await graphServerStarter(options);
  const server = await start(graph);
  const audiences = options.audiences && new AudienceServers({ graphs: options.audiences, start });
  monitoring.logTo(app.log);
  tracing?.logTo(app.log);
  options.callers.logTo(app.log);
  const requestLimits = createRequestLimits(limits, options.budgets ?? createMemoryBudgets());
  let isReady = false;
  closeConnectionsUnless(app, () => isReady);
  checkCallers(app, options);
  limitCallers(app, {
    limits: requestLimits.callers,
    callerOf: ({ caller }) => caller ?? ANONYMOUS_CALLER,
    monitoring,
  });
  serveGraphQL(app, server, { ...config, audiences, monitoring, tracing });
  const countByAddress = (routes: FastifyInstance, what: string) => {
    limitAddresses(routes, { limits: requestLimits.addresses(what) });
  };
  serveLimitedFiles(app, options, requestLimits);
  const operator = config.metricsPort === undefined ? undefined : createOperatorServer(options);
  serveMonitoring(operator ?? app, {
    monitoring,
    isReady: () => isReady,
    countMetrics: (routes) => {
      countByAddress(routes, 'metrics');
    },
  });
  options.addRoutes?.(app, { schema: server.schema, countByAddress });
  if (options.warmUp !== undefined) await warmUp(server, options.warmUp, app.log);
  const { host, port, metricsPort = 0, drainDelayMs } = config;
  const metricsUrl = await operator?.listen({ host, port: metricsPort });
  const url = await app.listen({ host, port });
  isReady = true;
  return {
    url,
    metricsUrl,
    drainDelayMs,
    startDraining: () => void (isReady = false),
    reload: () => reload(options, app.log),
    close: async () => {
      isReady = false;
      await app.close();
      // Until then it says that the process drains.
      await operator?.close();
      await audiences?.stop();
      await server.stop();
      options.callers.close();
      await options.release();
      await tracing?.close();
    },
  };
}

/** What the servers of a graph, the whole one and those of audiences, have in common. */
async function graphServerStarter({ config, safelist, limits, costs }: ServiceOptions) {
  const { introspection, production, policiesFile } = config;
  const policies = policiesFile === undefined ? undefined : await loadPolicies(policiesFile);
  const heavy = new HeavyOperations();
  const validation = new ValidationLine();
  return (graph: Graph) =>
    GraphQLServer.start({
      graph,
      safelist,
      limits,
      costs,
      introspection,
      production,
      policies,
      heavy,
      validation,
    });
}

async function reload(options: ServiceOptions, logger: ReloadLogger): Promise<void> {
  try {
    await options.reload?.(logger);
  } catch (error) {
    logger.error({ error: describeUnexpectedError(error) }, 'the reload has failed');
  }
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
  options: ServiceOptions,
  requestLimits: ReturnType<typeof createRequestLimits>,
): void {
  app.register((routes, _options, done) => {
    limitAddresses(routes, {
      limits: requestLimits.addresses('files'),
      isFromGateway: options.isFromGateway,
    });
    serveFiles(routes, { ...options, requestTimeoutMs: options.config.requestTimeoutMs });
    done();
  });
}

/** For health and metrics on a port of their own, which has no callers. */
function createOperatorServer(options: ServiceOptions): FastifyInstance {
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
}: ServiceOptions): FastifyInstance {
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
