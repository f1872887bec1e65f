import {
  buildASTSchema,
  type DocumentNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isUnionType,
} from 'graphql';
import { type JoinedType, type Joins, readJoins } from '../../supergraph/joins.ts';

/** A supergraph that can be run as one executable schema. */
export interface FusedSupergraph extends Joins {
  readonly document: DocumentNode;
  /** The whole graph, with elements that are hidden from clients; without resolvers. */
  readonly schema: GraphQLSchema;
}

/** @throws Error that names a feature which embedded execution does not support */
export function readFusedSupergraph(document: DocumentNode): FusedSupergraph {
  const supergraph = readSchemaAndJoins(document);
  for (const type of supergraph.types.values()) refuseUnsupported(type);
  return supergraph;
}

/** Reads a supergraph once for all audiences and engines. It may have features that embedded execution does not support. */
export function readSchemaAndJoins(document: DocumentNode): FusedSupergraph {
  const read = known.get(document) ?? {
    ...readJoins(document),
    document,
    schema: buildASTSchema(document, { assumeValidSDL: true }),
  };
  known.set(document, read);
  return read;
}

const known = new WeakMap<DocumentNode, FusedSupergraph>();

/** The composite type of a field; undefined for a leaf. */
export function targetOf(
  type: GraphQLCompositeType,
  name: string,
): GraphQLCompositeType | undefined {
  const field = fieldOf(type, name);
  const target = field && getNamedType(field.type);
  return isCompositeType(target) ? target : undefined;
}

/** The definition of a field; undefined for `__typename` and fields of unions. */
function fieldOf(
  type: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isUnionType(type) ? undefined : type.getFields()[name];
}

function refuseUnsupported(type: JoinedType): void {
  if (type.isInterfaceObject) throw unsupported('@interfaceObject', type.name);
  for (const [name, field] of type.fields) {
    const coordinate = `${type.name}.${name}`;
    if (field.isOverriddenByLabel) throw unsupported('progressive @override', coordinate);
    if (field.readsContext) throw unsupported('@fromContext', coordinate);
  }
}

const unsupported = (what: string, where: string) =>
  new Error(
    `Embedded execution does not support ${what}, which ${where} uses. Run the subgraphs as services (*_SUBGRAPH_URL) instead.`,
  );
