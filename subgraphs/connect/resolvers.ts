import type { IResolvers } from '@graphql-tools/utils';
import { type DocumentNode, type GraphQLFieldResolver, Kind } from 'graphql';
import { SCALARS } from '../scalars.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import type { ConnectorCalls, RunningConnector } from './connector-calls.ts';
import type { EntityFields, EntityLoaders } from './entity-loaders.ts';
import { readObjectTypes } from './object-types.ts';
import { asJson, hasOwn, valueOf } from './objects.ts';
import { runConnector } from './pages/paged-reads.ts';
import { fieldsUsed, requestMappings, responseMappings } from './used-variables.ts';

/** What the resolvers of one client request share. */
export interface ConnectContext {
  readonly calls: ConnectorCalls;
  readonly entities: EntityLoaders;
  readonly wanted: SubgraphRequest['wanted'];
}

type Resolver = GraphQLFieldResolver<unknown, ConnectContext, Readonly<Record<string, unknown>>>;

/**
 * The resolvers of an ordinary subgraph that reads its fields by connectors.
 * @param document is the SDL
 */
export function connectorResolvers(
  document: DocumentNode,
  connectors: readonly RunningConnector[],
): IResolvers {
  const resolvers: Record<string, unknown> = scalarsOf(document);
  for (const [type, fields] of readObjectTypes(document)) {
    const entities = new EntityReader(
      type,
      connectors.filter(({ connector }) => connector.entity?.type === type),
    );
    const ofType: Record<string, unknown> = {};
    for (const name of fields.keys()) {
      const own = connectors.find(
        ({ connector }) => connector.type === type && connector.field === name,
      );
      if (own !== undefined) ofType[name] = createFieldResolver(own, entities);
      else if (entities.gives(name)) ofType[name] = entities.resolver(name);
    }
    if (entities.isThere) ofType['__resolveReference'] = entities.resolveReference;
    if (Object.keys(ofType).length > 0) resolvers[type] = ofType;
  }
  // A cast: what is in it are scalars and resolvers by type and field.
  return resolvers as IResolvers;
}

/** Those of the graph that the SDL declares, too. */
function scalarsOf({ definitions }: DocumentNode): Record<string, unknown> {
  const known: Readonly<Record<string, unknown>> = SCALARS;
  return Object.fromEntries(
    definitions.flatMap((node) =>
      node.kind === Kind.SCALAR_TYPE_DEFINITION && Object.hasOwn(known, node.name.value)
        ? [[node.name.value, known[node.name.value]] as const]
        : [],
    ),
  );
}

function createFieldResolver(running: RunningConnector, entities: EntityReader): Resolver {
  const { connector } = running;
  const needed = fieldsUsed(
    [...requestMappings(connector), ...responseMappings(connector)],
    '$this',
  );
  if (needed.length === 0)
    return (_parent, args, { calls }) =>
      runConnector(calls, running, { $args: asJson(args), $this: {} });
  return async (parent, args, context) =>
    runConnector(context.calls, running, {
      $args: asJson(args),
      $this: await entities.fieldsOf(parent, needed, context),
    });
}

/** Reads what an object does not carry itself by the connectors that find objects of its type by a key. */
class EntityReader {
  readonly #type: string;
  readonly #connectors: readonly RunningConnector[];

  constructor(type: string, connectors: readonly RunningConnector[]) {
    this.#type = type;
    this.#connectors = connectors;
  }

  get isThere(): boolean {
    return this.#connectors.length > 0;
  }

  gives(field: string): boolean {
    return this.#connectors.some(({ connector }) => connector.entity?.provides.has(field));
  }

  resolver =
    (field: string): Resolver =>
    (parent, _args, context) =>
      hasOwn(parent, field) ? parent[field] : this.#read(parent, field, context);

  /** The object that a representation names; null where the source does not know it. */
  resolveReference = async (representation: unknown, context: ConnectContext): Promise<unknown> => {
    const finders = new Map<RunningConnector, EntityFields>();
    for (const field of context.wanted(this.#type)) {
      if (hasOwn(representation, field)) continue;
      const found = this.#finderOf(representation, field);
      if (found !== undefined) finders.set(found.running, found.key);
    }
    const loaded = await Promise.all(
      [...finders].map(([running, key]) => context.entities.load(running, key)),
    );
    if (loaded.length > 0 && loaded.every((one) => one == null)) return null;
    return Object.assign({}, ...loaded, representation) as unknown;
  };

  /** Fields of an object, those that it does not carry included. */
  async fieldsOf(
    object: unknown,
    fields: readonly string[],
    context: ConnectContext,
  ): Promise<EntityFields> {
    const values: Record<string, unknown> = {};
    for (const field of fields) {
      if (hasOwn(object, field)) values[field] = object[field];
      else if (this.gives(field)) values[field] = await this.#read(object, field, context);
    }
    return values;
  }

  async #read(object: unknown, field: string, context: ConnectContext): Promise<unknown> {
    const found = this.#finderOf(object, field);
    if (found === undefined) return null;
    return valueOf(await context.entities.load(found.running, found.key), field);
  }

  /** The first connector that gives the field and whose key the object has. */
  #finderOf(object: unknown, field: string): Finder | undefined {
    for (const running of this.#connectors) {
      const { entity } = running.connector;
      if (entity?.provides.has(field) !== true) continue;
      const key: Record<string, unknown> = {};
      for (const name of entity.fields) key[name] = valueOf(object, name);
      if (Object.values(key).every((value) => value != null)) return { running, key };
    }
    return undefined;
  }
}

interface Finder {
  readonly running: RunningConnector;
  readonly key: EntityFields;
}
