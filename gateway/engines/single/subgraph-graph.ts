import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
} from 'graphql';
import { Supergraph } from '../../supergraph/supergraph.ts';
import type { Graph } from '../../operation/graph.ts';
import type { PreparedOperation, Variables } from '../../operation/prepared-operation.ts';
import { ContextRenewal } from '../context-renewal.ts';
import { isolateEntities } from './entities.ts';
import { type SelectedFields, selectedFields } from '../selected-fields.ts';
import type { Subgraph } from '../../../subgraphs/subgraph.ts';

/** One subgraph as a standard Federation v2 service: its own types, `_service` and `_entities`. */
export function createSubgraphGraph(subgraph: Subgraph): Graph {
  const typeDefs = parse(subgraph.sdl);
  const schema = buildSubgraphSchema({
    typeDefs,
    // The two packages declare different types for the same map of resolvers.
    resolvers: subgraph.resolvers as ResolversOfApollo,
  });
  isolateEntities(schema, typeDefs);
  const contexts = new ContextRenewal(schema);
  return {
    schema,
    supergraph: new Supergraph(subgraph.sdl, typeDefs),
    execute: async (operation, { variables, scope, change }) => {
      const carried = { wanted: wantedBy(schema, operation, variables), ...scope };
      const result = await execute({
        schema,
        document: operation.document,
        rootValue: change,
        operationName: operation.name,
        variableValues: variables,
        contextValue: contexts.createContext(() => subgraph.createContext(carried)),
      });
      return withCodedErrors(result, subgraph.unexpectedValue);
    },
    close: () => Promise.resolve(),
  };
}

/** Replaces errors of null or invalid values by the subgraph's own error, if it has one. */
function withCodedErrors(
  result: ExecutionResult,
  unexpected: Subgraph['unexpectedValue'],
): ExecutionResult {
  if (result.errors === undefined || unexpected === undefined) return result;
  const errors = result.errors.map((error) => {
    const [node] = error.nodes ?? [];
    if (node?.kind !== Kind.FIELD || !isOfValue(error)) return error;
    const { nodes = [], path } = error;
    const originalError = unexpected(node.name.value);
    return new GraphQLError(originalError.message, { nodes, path: path ?? null, originalError });
  });
  return { ...result, errors };
}

/** Whether graphql-js reported the value: resolvers throw other errors. */
function isOfValue({ originalError, message }: GraphQLError): boolean {
  if (originalError == null || originalError instanceof GraphQLError) return true;
  return message.startsWith('Cannot return null for non-nullable field ');
}

type ResolversOfApollo = NonNullable<
  Exclude<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[] | DocumentNode>['resolvers']
>;

function wantedBy(schema: GraphQLSchema, prepared: PreparedOperation, variables: Variables) {
  let selected: SelectedFields | undefined;
  return (type: string): ReadonlySet<string> => {
    if (selected === undefined) {
      const { variableDefinitions = [] } = prepared.operation;
      const { coerced = {} } = getVariableValues(schema, variableDefinitions, variables);
      const { operation, fragments } = prepared.variant(coerced).withoutConditions;
      selected = selectedFields({
        schema,
        operation,
        fragments: Object.fromEntries(fragments),
        variables: coerced,
      });
    }
    return selected.get(type) ?? NOTHING;
  };
}

const NOTHING: ReadonlySet<string> = new Set();
