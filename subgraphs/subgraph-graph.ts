import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface';
import {
  defaultFieldResolver,
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  parse,
} from 'graphql';
import type { RequestScope } from '../upstream/call-trace.ts';
import { isolateEntities } from './entities.ts';
import { type SelectedFields, selectedFields } from './selected-fields.ts';
import type { Subgraph } from './subgraph.ts';

/** One subgraph as a standard Federation v2 service: its own types, `_service` and `_entities`. */
export function createSubgraphGraph(subgraph: Subgraph): GatewayInterface {
  const schema = buildSubgraphSchema({
    typeDefs: parse(subgraph.sdl),
    // The two packages name the same map of resolvers by different types.
    resolvers: subgraph.resolvers as ResolversOfApollo,
  });
  isolateEntities(schema, subgraph.sdl);
  const forgets = forgetAfterEachChange(schema);
  const executor: GatewayExecutor = async (request) => {
    const asked = { wanted: wantedBy(schema, request), ...scopeOf(request) };
    const contextValue = subgraph.createContext(asked);
    forgets.set(contextValue, () => Object.assign(contextValue, subgraph.createContext(asked)));
    return await execute({
      schema,
      document: request.document,
      operationName: request.operationName,
      variableValues: request.request.variables ?? {},
      contextValue,
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

/**
 * What was read before a change, it may have changed, even one that failed: what is selected below it is read anew.
 * @returns how each request's context forgets.
 */
function forgetAfterEachChange(schema: GraphQLSchema): WeakMap<object, () => void> {
  const forgets = new WeakMap<object, () => void>();
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = async (root, given, context: object, info) => {
      try {
        return await resolve(root, given, context, info);
      } finally {
        forgets.get(context)?.();
      }
    };
  }
  return forgets;
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
