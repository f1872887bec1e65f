import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface';
import { type DocumentNode, execute, type FragmentDefinitionNode, getVariableValues, type GraphQLSchema, Kind, parse } from 'graphql';
import type { RequestScope } from '../upstream/call-trace.ts';
import { ContextRenewal } from './context-renewal.ts';
import { isolateEntities } from './entities.ts';
import { type SelectedFields, selectedFields } from './selected-fields.ts';
import type { Subgraph } from './subgraph.ts';

/** One subgraph as a standard Federation v2 service: its own types, `_service` and `_entities`. */
export function createSubgraphGraph(subgraph: Subgraph): GatewayInterface {
  const typeDefs = parse(subgraph.sdl);
  const schema = buildSubgraphSchema({
    typeDefs,
    // The two packages name the same map of resolvers by different types.
    resolvers: subgraph.resolvers as ResolversOfApollo,
  });
  isolateEntities(schema, typeDefs);
  const contexts = new ContextRenewal(schema);
  const executor: GatewayExecutor = async (request) => {
    const carried = { wanted: wantedBy(schema, request), ...scopeOf(request) };
    return await execute({
      schema,
      document: request.document,
      operationName: request.operationName,
      variableValues: request.request.variables ?? {},
      contextValue: contexts.createContext(() => subgraph.createContext(carried)),
    });
  };
  return {
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: schema, coreSupergraphSdl: subgraph.sdl });
      return () => undefined;
    },
    load: () => Promise.resolve({ executor }),
    stop: () => Promise.resolve(),
  };
}

type ResolversOfApollo = NonNullable<Exclude<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[] | DocumentNode>['resolvers']>;

/** Apollo Server's interface leaves the context's type open; ours is made in one place, by the server. */
const scopeOf = ({ context }: GatewayGraphQLRequestContext) => (context as unknown as { readonly scope: RequestScope }).scope;

function wantedBy(schema: GraphQLSchema, { document, operation, request }: GatewayGraphQLRequestContext) {
  let selected: SelectedFields | undefined;
  return (type: string): ReadonlySet<string> => {
    if (selected === undefined) {
      const fragments: Record<string, FragmentDefinitionNode> = {};
      for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
      const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {}).coerced ?? {};
      selected = selectedFields({ schema, operation, fragments, variables });
    }
    return selected.get(type) ?? NOTHING;
  };
}

const NOTHING: ReadonlySet<string> = new Set();
