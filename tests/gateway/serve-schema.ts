import { execute, type GraphQLSchema, printSchema } from 'graphql';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { accessSettings } from '../../gateway/access/access-config.ts';
import { openCallers } from '../../gateway/access/open-callers.ts';
import { type Environment, parseSettings, type Problems } from '../../settings/settings.ts';
import { gatewaySettings } from '../../gateway/config.ts';
import { startGateway, toGraphSource } from '../../gateway/gateway.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import type { Graph } from '../../gateway/operation/graph.ts';
import { readVariables } from '../../gateway/operation/variable-values.ts';
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
  readonly execute?: Graph['execute'];
}

/** Serves any schema the way the gateway serves the graph. */
export async function serveSchema({
  environment = {},
  ...options
}: ServeSchemaOptions): Promise<ServedSchema> {
  const problems: Problems = [];
  const config = parseSettings(
    gatewaySettings([]),
    { PORT: '0', LOG_LEVEL: 'debug', ...environment },
    problems,
  );
  const access = parseSettings(accessSettings({ isSandbox: true }), environment, problems);
  if (config === undefined || access === undefined) throw new Error(problems.join('\n'));
  const log: string[] = [];
  const schema = makeExecutableSchema({ typeDefs: options.typeDefs, resolvers: options.resolvers });
  const { url, close } = await startGateway({
    config,
    first: toGraphSource({
      config,
      running: {
        graph: toGraph(schema, options.execute),
        files: options.files ?? {},
        release: () => Promise.resolve(),
      },
      revision: 'first',
    }),
    secrets: options.secrets ?? [],
    callers: await openCallers(access),
    playground: options.playground ?? new URL('./nowhere/', import.meta.url),
    writeLog: (line) => log.push(line),
    monitoring: options.monitoring ?? createMonitoring({ vendors: [] }),
  });
  return { url, log, close };
}

function toGraph(schema: GraphQLSchema, run: Graph['execute'] = executorFor(schema)): Graph {
  return {
    schema,
    supergraph: new Supergraph(printSchema(schema)),
    execute: run,
    close: () => Promise.resolve(),
  };
}

function executorFor(schema: GraphQLSchema): Graph['execute'] {
  return async ({ document, name, operation }, request) => {
    const { coerced, errors } = readVariables(schema, operation, request.variables);
    if (coerced === undefined) return { errors };
    return await execute({
      schema,
      document,
      operationName: name,
      variableValues: request.variables,
      contextValue: request,
    });
  };
}
