import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import { execute, type GraphQLSchema, printSchema } from 'graphql';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import type { Environment, Problems } from '../../configuration/environment.ts';
import { readGatewayConfig } from '../../gateway/config.ts';
import { startGateway } from '../../gateway/gateway.ts';
import { createMonitoring, type Monitoring } from '../../monitoring/monitoring.ts';
import type { FileReader } from '../../subgraphs/subgraph.ts';

export interface ServedSchema {
  readonly url: string;
  readonly log: readonly string[];
  readonly close: () => Promise<void>;
}

export interface ServeSchemaOptions {
  readonly typeDefs: string;
  readonly resolvers: IResolvers;
  readonly environment?: Environment;
  readonly files?: Readonly<Record<string, FileReader>>;
  readonly secrets?: readonly string[];
  readonly playground?: URL;
  readonly monitoring?: Monitoring;
  /** Runs the operations in place of graphql-js. */
  readonly executor?: GatewayExecutor;
}

/** Serves any schema the way the gateway serves the graph. */
export async function serveSchema({ environment = {}, ...options }: ServeSchemaOptions): Promise<ServedSchema> {
  const problems: Problems = [];
  const config = readGatewayConfig({ PORT: '0', LOG_LEVEL: 'debug', ...environment }, problems);
  if (config === undefined) throw new Error(problems.join('\n'));
  const log: string[] = [];
  const schema = makeExecutableSchema({ typeDefs: options.typeDefs, resolvers: options.resolvers });
  const { url, close } = await startGateway({
    config,
    graph: {
      graph: toGateway(schema, options.executor),
      files: options.files ?? {},
      secrets: options.secrets ?? [],
      release: () => Promise.resolve(),
    },
    playground: options.playground ?? new URL('./nowhere/', import.meta.url),
    writeLog: (line) => log.push(line),
    monitoring: options.monitoring ?? createMonitoring({ vendors: [] }),
  });
  return { url, log, close };
}

function toGateway(schema: GraphQLSchema, executor: GatewayExecutor = executorFor(schema)): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: schema, coreSupergraphSdl: printSchema(schema) });
      return () => undefined;
    },
    load: () => Promise.resolve({ executor }),
    stop: () => Promise.resolve(),
  };
}

function executorFor(schema: GraphQLSchema): GatewayExecutor {
  return async ({ document, operationName, request, context }) =>
    await execute({ schema, document, operationName, variableValues: request.variables ?? {}, contextValue: context });
}
