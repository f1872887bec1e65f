import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  buildASTSchema,
  isEnumType,
  isAbstractType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isIntrospectionType,
} from 'graphql';
import { buildApiDocument } from './api-schema.ts';
import type { FusedContext } from './fused-context.ts';
import { FusedObject } from './fused-object.ts';
import { Fusion } from './fusion.ts';
import type { SubgraphField } from './subgraph-field.ts';
import type { EmbeddedSubgraph } from './subgraph-schema.ts';
import type { Supergraph } from './supergraph.ts';
import { whenReady } from './when-ready.ts';

type Resolver = GraphQLFieldResolver<unknown, FusedContext, Readonly<Record<string, unknown>>>;

/** One executable schema of all subgraphs: the API that clients see, each field resolved by the subgraph that owns it. */
export function buildFusedSchema(supergraph: Supergraph, subgraphs: readonly EmbeddedSubgraph[]): GraphQLSchema {
  const typeDefs: DocumentNode = buildApiDocument(supergraph.document);
  const fusion = new Fusion(supergraph, new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph])));
  const api = buildASTSchema(typeDefs, { assumeValidSDL: true });
  const resolvers: IResolvers = {};
  for (const type of Object.values(api.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    if (isObjectType(type)) resolvers[type.name] = resolversOf(type, api, supergraph, fusion);
    else if (isAbstractType(type))
      resolvers[type.name] = { __resolveType: (object: unknown) => (object instanceof FusedObject ? object.type : undefined) };
    else Object.assign(resolvers, leafResolvers(type, subgraphs));
  }
  return makeExecutableSchema({ typeDefs, resolvers });
}

/** Scalars and enums are equal in all subgraphs that have them: composition saw to their names, the first one's code serves. */
function leafResolvers(type: GraphQLNamedType, subgraphs: readonly EmbeddedSubgraph[]): IResolvers {
  for (const { schema } of subgraphs) {
    const known = schema.getType(type.name);
    if (isScalarType(known)) return { [type.name]: known };
    if (isEnumType(known)) {
      const visible = isEnumType(type) ? known.getValues().filter(({ name }) => type.getValue(name) != null) : [];
      return { [type.name]: Object.fromEntries(visible.map(({ name, value }) => [name, value as unknown])) };
    }
  }
  return {};
}

function resolversOf(type: GraphQLObjectType, api: GraphQLSchema, supergraph: Supergraph, fusion: Fusion): Record<string, Resolver> {
  const isRoot = [api.getQueryType(), api.getMutationType()].includes(type);
  const resolvers: Record<string, Resolver> = {};
  for (const field of Object.values(type.getFields())) {
    const [owner] = supergraph.types.get(type.name)?.fields.get(field.name)?.owners ?? [];
    if (owner === undefined) throw new Error(`The supergraph must say which subgraph resolves ${type.name}.${field.name}, but does not.`);
    if (!isRoot && fusion.needsBox(type.name)) resolvers[field.name] = fusedResolver(type, field, fusion);
    else resolvers[field.name] = ownResolver(fusion.field(owner, type.name, field.name), field, type === api.getMutationType());
  }
  return resolvers;
}

/** For fields of root types and of types that one subgraph has to itself. */
function ownResolver(own: SubgraphField, field: GraphQLField<unknown, unknown>, isWrite: boolean): Resolver {
  const complete = argumentCompleter(own, field);
  const subgraph = own.subgraph.name;
  return (parent, args, context, info) => {
    const value = own.read(parent, complete(args), context.of(subgraph), info);
    if (!isWrite) return own.wrap(value, context.of(subgraph), info);
    return whenReady(value, (written) => {
      context.forget();
      return own.wrap(written, context.of(subgraph), info);
    });
  };
}

/** For fields of types that several subgraphs add to. */
function fusedResolver(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, fusion: Fusion): Resolver {
  const completers = new Map<SubgraphField, ReturnType<typeof argumentCompleter>>();
  return (object, args, context, info) => {
    if (!(object instanceof FusedObject)) throw new Error(`An object of ${type.name} must say where it comes from, but does not.`);
    const source = fusion.source(type.name, object.home, field.name);
    const own = source.field;
    const complete = completers.get(own) ?? argumentCompleter(own, field);
    completers.set(own, complete);
    return whenReady(source.isHome ? object.value : fusion.parent(object, source, context, info), (parent) => {
      if (parent == null) return null;
      const subgraphContext = context.of(own.subgraph.name);
      return own.wrap(own.read(parent, complete(args), subgraphContext, info), subgraphContext, info);
    });
  };
}

/** Adds the subgraph's defaults of arguments that clients cannot see. */
function argumentCompleter(
  { definition }: SubgraphField,
  field: GraphQLField<unknown, unknown>,
): (args: object) => Record<string, unknown> {
  const hidden = definition.args.filter(
    (argument) => argument.defaultValue !== undefined && !field.args.some(({ name }) => name === argument.name),
  );
  const defaults = Object.fromEntries(hidden.map((argument) => [argument.name, argument.defaultValue]));
  return hidden.length === 0 ? (args) => args as Record<string, unknown> : (args) => ({ ...defaults, ...args });
}
