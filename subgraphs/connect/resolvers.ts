import type { IResolvers } from '@graphql-tools/utils';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFieldResolver,
  GraphQLScalarType,
  Kind,
} from 'graphql';
import { SCALARS } from '../scalars.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import type { Variables } from './build-request.ts';
import type { ConnectorCalls, RunningConnector } from './connector-calls.ts';
import type { EntityFields, EntityLoaders } from './entity-loaders.ts';
import type { ObjectTypes } from './object-types.ts';
import { asJson, hasOwn, valueOf } from './objects.ts';
import { runConnector } from './pages/paged-reads.ts';
import { fieldsUsed, requestMappings, responseMappings } from './used-variables.ts';

/** The context of the resolvers for one client request. */
export interface ConnectContext {
  readonly calls: ConnectorCalls;
  readonly entities: EntityLoaders;
  readonly wanted: SubgraphRequest['wanted'];
}

type Resolver = GraphQLFieldResolver<unknown, ConnectContext, Readonly<Record<string, unknown>>>;

/**
 * The resolvers of an ordinary subgraph that reads its fields by connectors.
 * @param document the SDL
 * @param types its object types
 */
export function connectorResolvers(
  document: DocumentNode,
  types: ObjectTypes,
  connectors: readonly RunningConnector[],
): IResolvers {
  const resolvers: Record<string, unknown> = scalarsOf(document);
  for (const [type, fields] of types) {
    const entities = new EntityReader(
      type,
      connectors.filter(({ connector }) => connector.entity?.type === type),
    );
    const ofType: Record<string, unknown> = {};
    for (const name of fields.keys()) {
      const own = connectors.filter(
        ({ connector }) => connector.type === type && connector.field === name,
      );
      if (own.length > 0) ofType[name] = createFieldResolver(own, entities);
      else if (entities.provides(name)) ofType[name] = entities.resolver(name);
    }
    if (entities.isThere) ofType['__resolveReference'] = entities.resolveReference;
    if (Object.keys(ofType).length > 0) resolvers[type] = ofType;
  }
  // The cast is safe: it contains scalars and resolvers by type and field.
  return resolvers as IResolvers;
}

/** The graph's scalars that the SDL declares. */
function scalarsOf({ definitions }: DocumentNode): Record<string, unknown> {
  const known: Readonly<Record<string, GraphQLScalarType>> = SCALARS;
  return Object.fromEntries(
    definitions.flatMap((node) => {
      if (node.kind !== Kind.SCALAR_TYPE_DEFINITION) return [];
      const { value: name } = node.name;
      const scalar = Object.hasOwn(known, name) ? known[name] : undefined;
      return scalar === undefined ? [] : [[name, withGraphQLErrors(scalar)] as const];
    }),
  );
}

/** A refused value gets a different kind of error than a fault of a resolver. */
function withGraphQLErrors(scalar: GraphQLScalarType): GraphQLScalarType {
  const config = scalar.toConfig();
  return new GraphQLScalarType({
    ...config,
    serialize: (value) => {
      try {
        return config.serialize(value);
      } catch (error) {
        throw error instanceof GraphQLError ? error : new GraphQLError(String(error));
      }
    },
  });
}

/** @param alternatives in the order of the tries */
function createFieldResolver(
  alternatives: readonly RunningConnector[],
  entities: EntityReader,
): Resolver {
  const needed = fieldsUsed(
    alternatives.flatMap(({ connector }) => [
      ...requestMappings(connector),
      ...responseMappings(connector),
    ]),
    '$this',
  );
  if (needed.length === 0)
    return (_parent, args, { calls }) =>
      runAlternatives(calls, alternatives, { $args: asJson(args), $this: {} });
  return async (parent, args, context) =>
    runAlternatives(context.calls, alternatives, {
      $args: asJson(args),
      $this: await entities.fieldsOf(parent, needed, context),
    });
}

/** A paged list has one connector, which is checked at start. */
function runAlternatives(
  calls: ConnectorCalls,
  alternatives: readonly RunningConnector[],
  variables: Variables,
): Promise<unknown> {
  const [only, ...others] = alternatives;
  return only !== undefined && others.length === 0
    ? runConnector(calls, only, variables)
    : calls.runFirst(alternatives, variables);
}

/** Reads fields that an object lacks, by the connectors that find objects of its type by a key. */
class EntityReader {
  readonly #type: string;
  /** By the field that they provide. */
  readonly #connectorsByField = new Map<string, RunningConnector[]>();
  readonly isThere: boolean;

  constructor(type: string, connectors: readonly RunningConnector[]) {
    this.#type = type;
    this.isThere = connectors.length > 0;
    for (const running of connectors)
      for (const field of running.connector.entity?.provides ?? [])
        this.#connectorsByField.set(field, [
          ...(this.#connectorsByField.get(field) ?? []),
          running,
        ]);
  }

  provides(field: string): boolean {
    return this.#connectorsByField.has(field);
  }

  resolver =
    (field: string): Resolver =>
    (parent, _args, context) =>
      hasOwn(parent, field) ? parent[field] : this.#read(parent, field, context);

  /** The object of a representation; null if the source does not know it. */
  resolveReference = async (representation: unknown, context: ConnectContext): Promise<unknown> => {
    const found = new Set<Promise<unknown>>();
    for (const field of context.wanted(this.#type)) {
      if (hasOwn(representation, field)) continue;
      const entity = this.#find(representation, field, context);
      if (entity !== undefined) found.add(entity);
    }
    const loaded = await Promise.all(found);
    if (loaded.length > 0 && loaded.every((one) => one == null)) return null;
    return Object.assign({}, ...loaded, representation) as unknown;
  };

  /** Fields of an object, including those that it lacks. */
  async fieldsOf(
    object: unknown,
    fields: readonly string[],
    context: ConnectContext,
  ): Promise<EntityFields> {
    const values: Record<string, unknown> = {};
    for (const field of fields) {
      if (hasOwn(object, field)) values[field] = valueOf(object, field);
      else if (this.provides(field)) values[field] = await this.#read(object, field, context);
    }
    return values;
  }

  async #read(object: unknown, field: string, context: ConnectContext): Promise<unknown> {
    return valueOf(await this.#find(object, field, context), field);
  }

  /** Uses the first connector that provides the field and whose key the object contains. */
  #find(
    object: unknown,
    field: string,
    { entities }: ConnectContext,
  ): Promise<unknown> | undefined {
    for (const running of this.#connectorsByField.get(field) ?? []) {
      const found = entities.of(running, object);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
