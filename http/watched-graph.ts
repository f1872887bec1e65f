import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import type { GraphQLSchema } from 'graphql';

/** What of a graph is served at the moment. */
export interface ServedGraph {
  readonly schema: GraphQLSchema;
  readonly executor: GatewayExecutor;
}

/** A graph for Apollo Server that others can look at too. */
export interface WatchedGraph {
  readonly graph: GatewayInterface;
  /** @throws TypeError before the graph has been loaded */
  readonly current: () => ServedGraph;
}

type LoadedSchema = Parameters<Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0]>[0];

/** @param onChange is called whenever there is another schema. */
export function watchGraph(graph: GatewayInterface, onChange: (loaded: LoadedSchema) => void): WatchedGraph {
  let schema: GraphQLSchema | undefined;
  let executor: GatewayExecutor | null = null;
  graph.onSchemaLoadOrUpdate((loaded) => {
    schema = loaded.apiSchema;
    onChange(loaded);
  });
  return {
    graph: {
      onSchemaLoadOrUpdate: (callback) => graph.onSchemaLoadOrUpdate(callback),
      load: async (options) => {
        const loaded = await graph.load(options);
        ({ executor } = loaded);
        return loaded;
      },
      stop: () => graph.stop(),
    },
    current: () => {
      if (schema === undefined || executor === null) throw new TypeError('The graph has not been loaded.');
      return { schema, executor };
    },
  };
}
