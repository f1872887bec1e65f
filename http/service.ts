import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { FileReader } from '../subgraphs/subgraph.ts';
import { AudienceServers } from './audience-servers.ts';
import { serveFiles } from './file-routes.ts';
import { serveGraphQL } from './graphql-route.ts';
import { startGraphQLServer } from './graphql-server.ts';
import { createHttpServer } from './http-server.ts';
import { serveMonitoring } from './monitoring-routes.ts';
import type { ServerConfig } from './server-config.ts';
import { warmUp, type WarmUpOperation } from './warm-up.ts';

export interface ServiceOptions {
  readonly config: ServerConfig;
  readonly graph: GatewayInterface;
  /** Graphs of the audiences by their names; none is made before it is asked for. @default it does not matter who sees what */
  readonly audiences?: ReadonlyMap<string, () => GatewayInterface>;
  /** Readers of files by the first part of their path. */
  readonly files: Readonly<Record<string, FileReader>>;
  /** Credentials, which are kept out of the log. */
  readonly secrets: readonly string[];
  readonly monitoring: Monitoring;
  /** @default no traces are sent */
  readonly tracing?: Tracing | undefined;
  /** Takes the lines of the log. */
  readonly writeLog: (line: string) => void;
  /** Is answered for nobody before the first client is. */
  readonly warmUp: WarmUpOperation;
  /** Adds routes of its own. */
  readonly addRoutes?: (app: FastifyInstance, currentSchema: () => GraphQLSchema) => void;
  /** Ends what the graph holds, once the last request is answered. */
  readonly release: () => Promise<void>;
}

export interface RunningService {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** Takes no more requests, answers those under way, and lets go of everything. */
  readonly close: () => Promise<void>;
}

/** Serves a graph over HTTP: the gateway, or one subgraph. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { config, graph, monitoring, tracing } = options;
  const app = createHttpServer({ level: config.logLevel, secrets: options.secrets, write: options.writeLog });
  const start = (one: GatewayInterface) =>
    startGraphQLServer({ graph: one, introspection: config.introspection, production: config.production, log: app.log });
  const server = await start(graph);
  const audiences = options.audiences && new AudienceServers({ graphs: options.audiences, start });
  monitoring.logTo(app.log);
  tracing?.logTo(app.log);
  let isReady = false;
  serveGraphQL(app, server, { ...config, audiences, monitoring, tracing });
  serveFiles(app, options.files, config.requestTimeoutMs);
  serveMonitoring(app, monitoring, () => isReady);
  options.addRoutes?.(app, server.currentSchema);
  // Else a client that keeps its connection would keep the process too.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (!isReady) void reply.header('connection', 'close');
    done();
  });
  await warmUp(server.apollo, options.warmUp, app.log);
  const url = await app.listen({ host: config.host, port: config.port });
  isReady = true;

  return {
    url,
    close: async () => {
      isReady = false;
      await app.close();
      await audiences?.stop();
      await server.apollo.stop();
      await options.release();
      await tracing?.close();
    },
  };
}
