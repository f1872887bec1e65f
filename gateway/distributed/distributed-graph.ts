import type { ApolloGateway } from '@apollo/gateway';
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { SubgraphUrls } from '../config.ts';
import type { RunningGraph } from '../execution.ts';
import { createApolloGateway } from './apollo-gateway.ts';
import { proxyFiles } from './proxied-files.ts';
import { connectService, type ServiceConnection } from './service-connection.ts';
import { SubgraphSource } from './subgraph-source.ts';
import { moveToVisiblePaths, readRequirements, type Requirements } from './visible-paths.ts';

export interface DistributedGraphOptions {
  readonly supergraphSdl: string;
  /** Where our own subgraphs run; without it the URLs in the supergraph count. */
  readonly urls?: SubgraphUrls;
  readonly requestTimeoutMs: number;
  readonly production: boolean;
}

/** Runs a supergraph whose subgraphs are services. */
export function createDistributedGraph(options: DistributedGraphOptions): RunningGraph {
  const { supergraphSdl, urls, requestTimeoutMs, production } = options;
  const connections = new Map<string, ServiceConnection>();
  const connect = (name: string, url: string) => {
    const connection = connections.get(name) ?? connectService({ name, url, requestTimeoutMs, traces: !production });
    connections.set(name, connection);
    return connection;
  };
  const gateway = createApolloGateway({
    supergraphSdl,
    buildService: ({ name, url = '' }) => new SubgraphSource(connect(name, urlFor(name, urls) ?? url)),
    // Would print query plans to whoever asks.
    __exposeQueryPlanExperimental: false,
  });
  return {
    graph: withVisibleErrors(gateway, readRequirements(supergraphSdl)),
    files: urls === undefined ? {} : { map: proxyFiles('map', connect('maps', urls.maps)) },
    secrets: [],
    release: async () => {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
    },
  };
}

const urlFor = (name: string, urls: SubgraphUrls | undefined) =>
  urls !== undefined && Object.hasOwn(urls, name) ? urls[name as keyof SubgraphUrls] : undefined;

/** Apollo's gateway, with each error where a client of any GraphQL server would look for it. */
function withVisibleErrors(gateway: ApolloGateway, requirements: Requirements): GatewayInterface {
  const run = async (executor: GatewayExecutor, request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> => {
    const result = withMissingValues(await executor(request));
    return result.errors === undefined ? result : { ...result, errors: moveToVisiblePaths(result.errors, request, requirements) };
  };
  return {
    onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
    load: async (options) => {
      const { executor } = await gateway.load(options);
      return { executor: (request) => run(executor, request) };
    },
    stop: () => gateway.stop(),
  };
}

/** Apollo's gateway tells of a null where none may be only beside the answer. */
function withMissingValues({ extensions = {}, errors = [], ...result }: GatewayExecutionResult): GatewayExecutionResult {
  const { valueCompletion = [], ...others } = extensions;
  const missing = (valueCompletion as readonly GraphQLFormattedError[]).map(
    ({ message, path }) => new GraphQLError(message, { path: path ?? null }),
  );
  const all = [...errors, ...missing];
  return { ...result, ...(all.length > 0 && { errors: all }), ...(Object.keys(others).length > 0 && { extensions: others }) };
}
