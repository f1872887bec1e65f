import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  type DefinitionNode,
  type DocumentNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  parse,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';
import type { Subgraph } from '../../../subgraphs/subgraph.ts';

/** The parts of a subgraph that embedded execution needs. */
export type FusedSubgraph = Pick<
  Subgraph,
  'createContext' | 'resolvers' | 'sdl' | 'unexpectedValue'
> & {
  readonly name: string;
  /** The origin of an object, if it can be another subgraph. @default this one */
  readonly originOf?: (type: string, value: unknown) => string;
};

/** A subgraph whose resolvers the fused schema calls. */
export interface EmbeddedSubgraph {
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** Names of the root types, which are reachable without a representation. */
  readonly rootTypes: ReadonlySet<string>;
  /** The type's `__resolveReference`. Without one, a representation is the object itself, as in Apollo's subgraphs. */
  referenceResolver(type: string): ReferenceResolver | undefined;
  originOf(type: string, value: unknown): string;
  readonly unexpectedValue: Subgraph['unexpectedValue'];
}

export type ReferenceResolver = (
  representation: Representation,
  context: object,
  info: GraphQLResolveInfo,
) => unknown;

/** Identifies an entity in all subgraphs: its type, a key and `@requires` fields. Values are JSON, as over HTTP. */
export type Representation = Readonly<Record<string, unknown>>;

export function embedSubgraph({
  name,
  sdl,
  resolvers,
  originOf = () => name,
  unexpectedValue,
}: FusedSubgraph): EmbeddedSubgraph {
  const schema = makeExecutableSchema({
    typeDefs: defineExtendedTypes(parse(sdl, { noLocation: true })),
    resolvers,
    // Federation's directives have no definition here; composition has checked their use.
    assumeValidSDL: true,
    assumeValid: true,
  });
  const roots = Object.values(OperationTypeNode).map(
    (operation) => schema.getRootType(operation)?.name,
  );
  return {
    name,
    schema,
    originOf,
    unexpectedValue,
    rootTypes: new Set(roots.filter((root) => root !== undefined)),
    referenceResolver: (type) => {
      const ofType: unknown = resolvers[type];
      return hasReferenceResolver(ofType) ? ofType.__resolveReference : undefined;
    },
  };
}

const hasReferenceResolver = (
  value: unknown,
): value is { readonly __resolveReference?: ReferenceResolver } =>
  typeof value === 'object' && value !== null && '__resolveReference' in value;

/** Federation allows a subgraph to `extend` a type that it does not define; graphql-js does not. */
function defineExtendedTypes(document: DocumentNode): DocumentNode {
  const defined = new Set(
    document.definitions.filter(isTypeDefinition).map((definition) => definition.name.value),
  );
  const definitions = document.definitions.map((definition): DefinitionNode => {
    if (!isTypeExtension(definition) || defined.has(definition.name.value)) return definition;
    defined.add(definition.name.value);
    // An extension has the same members as a definition of its kind.
    return { ...definition, kind: DEFINITION_KINDS[definition.kind] } as TypeDefinitionNode;
  });
  return { ...document, definitions };
}

const DEFINITION_KINDS = {
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
  [Kind.SCALAR_TYPE_EXTENSION]: Kind.SCALAR_TYPE_DEFINITION,
} as const;

const isTypeExtension = (node: DefinitionNode): node is TypeExtensionNode =>
  node.kind in DEFINITION_KINDS;

const isTypeDefinition = (node: DefinitionNode): node is TypeDefinitionNode =>
  Object.values<string>(DEFINITION_KINDS).includes(node.kind);
