import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface';
import { type FragmentDefinitionNode, getVariableValues, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import { selectedFields } from '../../subgraphs/selected-fields.ts';
import type { GatewayContext } from '../request-context.ts';
import { FusedContext } from './fused-context.ts';
import { buildFusedSchema } from './fused-schema.ts';
import { isConditional } from './is-conditional.ts';
import { createOperationRunner } from './operation-runner.ts';
import { embedSubgraph, type FusedSubgraph } from './subgraph-schema.ts';
import { readSupergraph, type Supergraph } from './supergraph.ts';
import { wantedFields } from './wanted-fields.ts';

export interface FusedGatewayOptions {
  /** A Federation v2 supergraph of the subgraphs. */
  readonly supergraphSdl: string;
  /** One for each that the supergraph names. */
  readonly subgraphs: readonly FusedSubgraph[];
}

/**
 * Runs a supergraph whose subgraphs live in this process, as one executable schema: each field's resolver runs as soon as
 * the keys and `@requires` fields it needs are there, without waiting for the rest of its object.
 * @throws Error where the supergraph needs what this way of execution does not do, or a subgraph that is not there.
 */
export function createFusedGateway({ supergraphSdl, subgraphs }: FusedGatewayOptions): GatewayInterface {
  const supergraph = readSupergraph(supergraphSdl);
  const missing = supergraph.subgraphs.filter((name) => !subgraphs.some((subgraph) => subgraph.name === name));
  if (missing.length > 0) throw new Error(`The supergraph needs the subgraphs ${missing.join(', ')}, which are not there.`);
  const schema = buildFusedSchema(supergraph, subgraphs.map(embedSubgraph));
  const executor = createExecutor(supergraph, schema, subgraphs);
  return {
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: schema, coreSupergraphSdl: supergraphSdl });
      return () => undefined;
    },
    load: () => Promise.resolve({ executor }),
    stop: () => Promise.resolve(),
  };
}

function createExecutor(supergraph: Supergraph, schema: GraphQLSchema, subgraphs: readonly FusedSubgraph[]): GatewayExecutor {
  const wantedBy = createWantedReader(supergraph, schema);
  const run = createOperationRunner(schema);
  return (request) => {
    const { scope } = contextOf(request);
    const { document, operation } = request;
    const variables = request.request.variables ?? {};
    const context = new FusedContext({ subgraphs, scope, wanted: wantedBy(request, variables) });
    return run({ document, operation, variables, context });
  };
}

/** Apollo Server's interface leaves the context's type open; ours is made in one place, by the server. */
const contextOf = ({ context }: GatewayGraphQLRequestContext) => context as unknown as GatewayContext;

type Wanted = (subgraph: string, type: string) => ReadonlySet<string>;

/** Tells what operations want of the subgraphs. An operation is looked at when the first subgraph asks, and again only where variables decide. */
function createWantedReader(supergraph: Supergraph, schema: GraphQLSchema) {
  const known = new WeakMap<OperationDefinitionNode, Wanted>();
  const read = ({ document, operation }: GatewayGraphQLRequestContext, given: Variables): Wanted => {
    const fragments: Record<string, FragmentDefinitionNode> = {};
    for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
    const variables = getVariableValues(schema, operation.variableDefinitions ?? [], given).coerced ?? {};
    const wanted = wantedFields(supergraph, selectedFields({ schema, operation, fragments, variables }));
    if (!isConditional(document)) known.set(operation, wanted);
    return wanted;
  };
  return (request: GatewayGraphQLRequestContext, given: Variables): Wanted => {
    let wanted = known.get(request.operation);
    return (subgraph, type) => {
      wanted ??= read(request, given);
      return wanted(subgraph, type);
    };
  };
}

type Variables = Readonly<Record<string, unknown>>;
