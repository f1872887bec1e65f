import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
  buildASTSchema,
  isEnumType,
  isAbstractType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isIntrospectionType,
} from 'graphql';
import { buildApiDocument } from '../../supergraph/api-document.ts';
import type { FusedContext } from './fused-context.ts';
import { FusedObject } from './fused-object.ts';
import type { Fusion } from './fusion.ts';
import type { SubgraphField } from './subgraph-field.ts';
import type { EmbeddedSubgraph } from './subgraph-schema.ts';
import type { FusedSupergraph } from './fused-supergraph.ts';
import { whenReady } from './when-ready.ts';

type Arguments = Readonly<Record<string, unknown>>;
type Resolver = GraphQLFieldResolver<unknown, FusedContext, Arguments>;

/**
 * One executable schema of all subgraphs: the API that clients see, with each field resolved by its owner.
 * @param typeDefs can be a part of the supergraph's API
 */
export function buildFusedSchema(
  supergraph: FusedSupergraph,
  subgraphs: readonly EmbeddedSubgraph[],
  fusion: Fusion,
  typeDefs: DocumentNode = buildApiDocument(supergraph.document),
): GraphQLSchema {
  const api = buildASTSchema(typeDefs, { assumeValidSDL: true });
  const resolvers: IResolvers = {};
  for (const type of Object.values(api.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    if (isObjectType(type)) resolvers[type.name] = resolversOf(type, api, supergraph, fusion);
    else if (isAbstractType(type))
      resolvers[type.name] = {
        __resolveType: (object: unknown) =>
          object instanceof FusedObject ? object.type : undefined,
      };
    else Object.assign(resolvers, leafResolvers(type, subgraphs));
  }
  return makeExecutableSchema({ typeDefs, resolvers });
}

/** Scalars and enums are equal in all subgraphs, as composition has checked; the code of the first one is used. */
function leafResolvers(type: GraphQLNamedType, subgraphs: readonly EmbeddedSubgraph[]): IResolvers {
  for (const { schema } of subgraphs) {
    const known = schema.getType(type.name);
    // The subgraph's code with the supergraph's description.
    if (isScalarType(known) && isScalarType(type)) {
      const { description, specifiedByURL } = type;
      return {
        [type.name]: new GraphQLScalarType({ ...known.toConfig(), description, specifiedByURL }),
      };
    }
    if (isEnumType(known)) {
      const visible = isEnumType(type)
        ? known.getValues().filter(({ name }) => type.getValue(name) != null)
        : [];
      return {
        [type.name]: Object.fromEntries(visible.map(({ name, value }) => [name, value as unknown])),
      };
    }
  }
  return {};
}

function resolversOf(
  type: GraphQLObjectType,
  api: GraphQLSchema,
  supergraph: FusedSupergraph,
  fusion: Fusion,
): Record<string, Resolver> {
  const isRoot = [api.getQueryType(), api.getMutationType(), api.getSubscriptionType()].includes(
    type,
  );
  const resolvers: Record<string, Resolver> = {};
  for (const field of Object.values(type.getFields())) {
    const [owner] = supergraph.types.get(type.name)?.fields.get(field.name)?.owners ?? [];
    if (owner === undefined)
      throw new Error(
        `The supergraph must say which subgraph resolves ${type.name}.${field.name}, but does not.`,
      );
    if (!isRoot && fusion.carriesOrigin(type.name))
      resolvers[field.name] = fusedResolver(type, field, fusion);
    else {
      const resolver = ownResolver(
        fusion.field(owner, type.name, field.name),
        field,
        type === api.getMutationType(),
      );
      if (resolver !== undefined) resolvers[field.name] = resolver;
    }
  }
  return resolvers;
}

/** For root fields and fields of types that only one subgraph has. */
function ownResolver(
  own: SubgraphField,
  field: GraphQLField<unknown, unknown>,
  isWrite: boolean,
): Resolver | undefined {
  // graphql-js reads a plain property itself, without an extra call.
  if (own.isProperty) return undefined;
  const complete = argumentCompleter(own, field);
  const subgraph = own.subgraph.name;
  if (!isWrite) {
    return (parent, args, context, info) => {
      const subgraphContext = context.of(subgraph);
      return own.wrap(
        own.read(parent, complete(args), subgraphContext, info),
        subgraphContext,
        info,
      );
    };
  }
  return async (parent, args, context, info) => {
    try {
      const written = await own.read(parent, complete(args), context.of(subgraph), info);
      context.forget();
      return own.wrap(written, context.of(subgraph), info);
    } catch (error) {
      // A failed write can have changed something, too.
      context.forget();
      throw error;
    }
  };
}

/** For fields of types to which several subgraphs contribute. */
function fusedResolver(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  fusion: Fusion,
): Resolver {
  const resolvers = new Map<string, ObjectResolver>();
  return (object, args, context, info) => {
    if (!(object instanceof FusedObject))
      throw new Error(`An object of ${type.name} must say where it comes from, but does not.`);
    const known = resolvers.get(object.origin);
    if (known !== undefined) return known(object, args, context, info);
    const resolver = objectResolver(type, field, fusion, object.origin);
    resolvers.set(object.origin, resolver);
    return resolver(object, args, context, info);
  };
}

type ObjectResolver = (object: FusedObject, ...rest: DropFirst<Parameters<Resolver>>) => unknown;
type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;

/** For objects of one origin. */
function objectResolver(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  fusion: Fusion,
  origin: string,
): ObjectResolver {
  const owner = fusion.ownerOf(type.name, origin, field.name);
  const own = owner.field;
  const subgraph = own.subgraph.name;
  const complete = argumentCompleter(own, field);
  const read = (
    parent: unknown,
    args: Arguments,
    context: FusedContext,
    info: GraphQLResolveInfo,
  ) => {
    const subgraphContext = context.of(subgraph);
    return own.wrap(own.read(parent, complete(args), subgraphContext, info), subgraphContext, info);
  };
  if (owner.isOrigin)
    return (object, args, context, info) => read(object.value, args, context, info);
  return (object, args, context, info) =>
    whenReady(fusion.counterpart(object, owner, context, info), (parent) =>
      parent == null ? null : read(parent, args, context, info),
    );
}

/** Adds the subgraph's defaults for arguments that are hidden from clients. */
function argumentCompleter(
  { definition }: SubgraphField,
  field: GraphQLField<unknown, unknown>,
): (args: Arguments) => Arguments {
  const hidden = definition.args.filter(
    (argument) =>
      argument.defaultValue !== undefined && !field.args.some(({ name }) => name === argument.name),
  );
  const defaults = Object.fromEntries(
    hidden.map((argument) => [argument.name, argument.defaultValue]),
  );
  return hidden.length === 0 ? (args) => args : (args) => ({ ...defaults, ...args });
}
