import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type FragmentDefinitionNode,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { withoutAccessRules } from '../../gateway/supergraph/access-rules.ts';
import type { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import type { FusedSubgraph } from '../../gateway/engines/fused/subgraph-schema.ts';
import type { Graph, GraphRequest } from '../../gateway/operation/graph.ts';
import { selectedFields } from '../../gateway/engines/selected-fields.ts';

/** Apollo's gateway over the same subgraphs in this process: what embedded execution is compared with. */
export async function createReferenceGraph(
  supergraph: Supergraph,
  subgraphs: readonly FusedSubgraph[],
): Promise<Graph> {
  const gateway = new ApolloGateway({
    // It refuses to load what it does not enforce.
    supergraphSdl: withoutAccessRules(supergraph).sdl,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    },
    buildService: ({ name }) => {
      const subgraph = subgraphs.find((one) => one.name === name);
      if (subgraph === undefined) throw new Error(`no subgraph ${name}`);
      return createDataSource(subgraph);
    },
  });
  const schemas: GraphQLSchema[] = [];
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => schemas.push(apiSchema));
  const { executor } = await gateway.load();
  const [schema] = schemas;
  if (schema === undefined) throw new Error('The gateway was expected to be loaded.');
  return {
    schema,
    supergraph,
    execute: async ({ document, operation, name, hash }, { variables, scope }) => {
      const request = {
        request: { query: hash, variables },
        document,
        operation,
        operationName: name,
        schema,
        context: { scope },
      };
      // What else the interface has, Apollo's gateway does without.
      const sent = {
        ...request,
        source: hash,
        queryHash: hash,
        metrics: {},
      } as unknown as GatewayGraphQLRequestContext;
      return await executor(sent);
    },
    close: () => gateway.stop(),
  };
}

function createDataSource(subgraph: FusedSubgraph): GraphQLDataSource {
  // Apollo's type of resolvers is narrower than graphql-tools', which both mean the same functions.
  const schema = buildSubgraphSchema([
    { typeDefs: parse(subgraph.sdl), resolvers: subgraph.resolvers as never },
  ]);
  return {
    process: async ({ request, context }) => {
      const document = parse(request.query ?? '');
      const operation = document.definitions.find(
        (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
      );
      if (operation === undefined) throw new Error('no operation');
      const variables: Record<string, unknown> = request.variables ?? {};
      const fragments = Object.fromEntries(
        document.definitions
          .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
          .map((one) => [one.name.value, one]),
      );
      const coerced =
        getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced ?? {};
      const selected = selectedFields({ schema, operation, fragments, variables: coerced });
      // Apollo leaves the context's type open; the tests' runner makes ours.
      const { scope } = context as Pick<GraphRequest, 'scope'>;
      const result = await execute({
        schema,
        document,
        variableValues: variables,
        contextValue: subgraph.createContext({
          ...scope,
          wanted: (type) => selected.get(type) ?? new Set(),
        }),
      });
      return {
        data: result.data ?? null,
        ...(result.errors && { errors: result.errors.map((error) => error.toJSON()) }),
      };
    },
  };
}
