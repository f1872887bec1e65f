import {
  type DocumentNode,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Graph } from '../operation/graph.ts';
import type { OperationVariant } from '../operation/prepared-operation.ts';
import { readVariables } from '../operation/variable-values.ts';
import { type Joins, readJoins } from '../supergraph/joins.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { callTablesOf } from '../../subgraphs/module.ts';
import type { Subgraph } from '../../subgraphs/subgraph.ts';
import { createFusedFetches } from './fused/fused-fetches.ts';
import { createFusedGraph } from './fused/fused-graph.ts';
import {
  createDistributedGraph,
  type DistributedGraphOptions,
} from './planned/distributed-graph.ts';
import { dependenciesOf, filesOf, type RunningGraph } from './running-graph.ts';

export interface MixedGraphOptions extends Omit<DistributedGraphOptions, 'local'> {
  /** The supergraph of all subgraphs. */
  readonly supergraph: Supergraph;
  /** The supergraph of the embedded subgraphs. */
  readonly embedded: Supergraph;
  readonly subgraphs: readonly Subgraph[];
}

/**
 * Runs some subgraphs in this process and others as services. The fused engine runs an operation that needs only embedded subgraphs. Other
 * operations are planned, with all embedded subgraphs as one subgraph.
 * @throws Error if the supergraph cannot be loaded, planned or embedded
 */
export async function createMixedGraph(options: MixedGraphOptions): Promise<RunningGraph> {
  const { supergraph, embedded, subgraphs } = options;
  const names = subgraphs.map(({ name }) => name);
  const local = options.modules.filter(({ name }) => names.includes(name));
  const fused = createFusedGraph({ supergraph: embedded, subgraphs });
  const fetches = createFusedFetches(embedded, subgraphs);
  const planned = await createDistributedGraph({ ...options, local: { names, fetches } });
  const joins = readJoins(supergraph.document);
  const mixed = (whole: Graph, alone: Graph): Graph => {
    const embeddedOnly = new EmbeddedOperations(joins, new Set(names), alone.schema);
    return {
      ...whole,
      execute: (operation, request) => {
        const { coerced = {} } =
          operation.conditions.length === 0
            ? {}
            : readVariables(whole.schema, operation.operation, request.variables);
        const graph = embeddedOnly.has(operation.variant(coerced)) ? alone : whole;
        return graph.execute(operation, request);
      },
    };
  };
  const { forAudience } = planned;
  return {
    ...planned,
    graph: mixed(planned.graph, fused),
    ...(forAudience && {
      forAudience: (sdl: string) =>
        mixed(forAudience(sdl), fused.forAudience(print(sharedPart(sdl, fused.schema)))),
    }),
    callTables: { ...planned.callTables, ...callTablesOf(local, subgraphs) },
    dependencies: dependenciesOf(subgraphs),
    files: { ...planned.files, ...filesOf(subgraphs) },
  };
}

/** Decides which operations need no service. */
class EmbeddedOperations {
  readonly #joins: Joins;
  readonly #names: ReadonlySet<string>;
  readonly #schema: GraphQLSchema;

  /** @param joins the joins of all subgraphs: a service can have taken over a field of the schema */
  constructor(joins: Joins, names: ReadonlySet<string>, schema: GraphQLSchema) {
    this.#joins = joins;
    this.#names = names;
    this.#schema = schema;
  }

  has(variant: OperationVariant): boolean {
    return variant.get(this, () => ({ isEmbedded: this.#isEmbedded(variant) })).isEmbedded;
  }

  #isEmbedded(variant: OperationVariant): boolean {
    const { operation, fragments } = variant.withoutConditions;
    const definitions = [operation, ...fragments.values()];
    const info = new TypeInfo(this.#schema);
    let isEmbedded = true;
    visit(
      { kind: Kind.DOCUMENT, definitions },
      visitWithTypeInfo(info, {
        Field: ({ name }) => {
          if (!this.#hasField(info.getParentType()?.name, name.value)) isEmbedded = false;
        },
        NamedType: (node) => {
          if (typeFromAST(this.#schema, node) === undefined) isEmbedded = false;
        },
      }),
    );
    return isEmbedded;
  }

  #hasField(type: string | undefined, name: string): boolean {
    if (name === '__typename') return true;
    const parent = type === undefined ? undefined : this.#schema.getType(type);
    if (!isObjectType(parent) && !isInterfaceType(parent)) return false;
    if (parent.getFields()[name] === undefined) return false;
    const owners = this.#joins.types.get(parent.name)?.fields.get(name)?.owners ?? [];
    return owners.some((owner) => this.#names.has(owner));
  }
}

/** The part of an API that a schema has, too. */
function sharedPart(sdl: string, schema: GraphQLSchema): DocumentNode {
  let type = '';
  const isKnown = (name: string) => schema.getType(name) !== undefined;
  const enter = (node: { readonly name: { readonly value: string } }) => {
    if (!isKnown(node.name.value)) return null;
    type = node.name.value;
    return undefined;
  };
  const keepIf =
    (has: (name: string) => boolean) => (node: { readonly name: { readonly value: string } }) =>
      has(node.name.value) ? undefined : null;
  return visit(parse(sdl, { noLocation: true }), {
    ObjectTypeDefinition: { enter },
    InterfaceTypeDefinition: { enter },
    UnionTypeDefinition: { enter },
    EnumTypeDefinition: { enter },
    InputObjectTypeDefinition: { enter },
    ScalarTypeDefinition: { enter },
    NamedType: keepIf(isKnown),
    FieldDefinition: keepIf((name) => {
      const known = schema.getType(type);
      return (
        (isObjectType(known) || isInterfaceType(known)) && known.getFields()[name] !== undefined
      );
    }),
    InputValueDefinition: keepIf((name) => {
      const known = schema.getType(type);
      return !isInputObjectType(known) || known.getFields()[name] !== undefined;
    }),
    EnumValueDefinition: keepIf((name) => {
      const known = schema.getType(type);
      return isEnumType(known) && known.getValue(name) != null;
    }),
  });
}
