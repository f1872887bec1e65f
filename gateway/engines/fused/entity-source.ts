import {
  type GraphQLField,
  getNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  extendSchema,
  isCompositeType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { type FieldSet, isComplete, leafPaths, printFieldSet } from '../../supergraph/field-set.ts';
import type { JoinedField, JoinedType } from '../../supergraph/joins.ts';
import type { FusedSupergraph } from './fused-supergraph.ts';
import type { FusedSubgraph } from './subgraph-schema.ts';

/** A supergraph with `Query._entities`, and the subgraphs that resolve representations. */
export interface EntitySource {
  readonly supergraph: FusedSupergraph;
  readonly subgraphs: readonly FusedSubgraph[];
}

/** Cannot clash with a subgraph's name: those begin with a letter. */
const OUTSIDE = '_outside';

const outsideName = (index: number) => (index === 0 ? OUTSIDE : `${OUTSIDE}${String(index)}`);

/**
 * Adds `Query._entities` to a supergraph: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec.
 * An additional subgraph resolves it and has only the key fields of each entity. A represented entity is then an ordinary object, and its
 * fields are found by the same routes. For entities with several keys there is one such subgraph for each key, because a representation has
 * the fields of one key.
 */
export function createEntitySource(supergraph: FusedSupergraph): EntitySource {
  const keys = keysOf(supergraph);
  const count = Math.max(...[...keys.values()].map((ofType) => ofType.length), 1);
  const outside = Array.from({ length: count }, () => new OutsideTypes(supergraph.schema));
  for (const [type, ofType] of keys) ofType.forEach((key, index) => outside[index]?.add(type, key));
  const types = entityTypes(supergraph);
  const schema = extendSchema(supergraph.schema, parse(types), { assumeValidSDL: true });
  const resolvers: FusedSubgraph['resolvers'] = {
    [queryOf(supergraph.schema)]: {
      _entities: (
        _root: unknown,
        { representations }: { readonly representations: readonly unknown[] },
      ) => representations,
    },
    _Entity: {
      __resolveType: ({ __typename }: { readonly __typename: string }) => __typename,
    },
  };
  const originOf = (type: string, representation: unknown): string => {
    const paths = (keys.get(type) ?? []).map(leafPaths);
    const found = paths.findIndex((key) => isComplete(representation, key));
    return outsideName(Math.max(found, 0));
  };
  return {
    supergraph: {
      ...supergraph,
      schema,
      subgraphs: [...supergraph.subgraphs, ...outside.map((_types, index) => outsideName(index))],
      types: withOutside(
        supergraph,
        outside.map(({ fields }) => fields),
      ),
    },
    subgraphs: outside.map((ofKeys, index) => ({
      name: outsideName(index),
      sdl: index === 0 ? `${ofKeys.sdl()} ${types}` : ofKeys.sdl(),
      ...(index === 0 ? { resolvers, originOf } : { resolvers: {} }),
      createContext: () => ({}),
    })),
  };
}

/** The types that the subgraph specification adds to a schema. */
export function entityTypes(supergraph: FusedSupergraph): string {
  const { schema } = supergraph;
  return `scalar _Any
    union _Entity = ${[...keysOf(supergraph).keys()].join(' | ')}
    extend type ${queryOf(schema)} { _entities(representations: [_Any!]!): [_Entity]! }`;
}

const queryOf = (schema: GraphQLSchema) => schema.getQueryType()?.name ?? 'Query';

/** The distinct keys of each entity. */
function keysOf({ types, schema }: FusedSupergraph): ReadonlyMap<string, readonly FieldSet[]> {
  const keys = new Map<string, readonly FieldSet[]>();
  for (const { name, keys: bySubgraph } of types.values()) {
    const sets = new Map([...bySubgraph.values()].flat().map((set) => [printFieldSet(set), set]));
    if (sets.size > 0 && isObjectType(schema.getType(name))) keys.set(name, [...sets.values()]);
  }
  return keys;
}

/** Fields by the name of their type. */
type FieldsByType = ReadonlyMap<string, ReadonlySet<string>>;

/** The types of representations: entities with the fields of their keys. */
class OutsideTypes {
  readonly fields = new Map<string, Set<string>>();
  readonly #schema: GraphQLSchema;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  add(type: string, { selections }: SelectionSetNode): void {
    const known = this.fields.get(type) ?? new Set<string>();
    this.fields.set(type, known);
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) continue;
      known.add(selection.name.value);
      const below = this.#field(type, selection.name.value);
      const target = below && getNamedType(below.type);
      if (isCompositeType(target) && selection.selectionSet)
        this.add(target.name, selection.selectionSet);
    }
  }

  sdl(): string {
    const scalars = new Set<string>();
    const types = [...this.fields].map(([type, names]) => {
      const fields = [...names].flatMap((name) => {
        const field = this.#field(type, name);
        if (field === undefined) return [];
        const named = getNamedType(field.type);
        if (!isCompositeType(named)) scalars.add(named.name);
        return [`${name}: ${nullable(field.type)}`];
      });
      return `type ${type} { ${fields.join(' ')} }`;
    });
    const own = [...scalars].filter((name) => !SPECIFIED.has(name));
    return [...types, ...own.map((name) => `scalar ${name}`)].join(' ');
  }

  #field(type: string, name: string): GraphQLField<unknown, unknown> | undefined {
    const object = this.#schema.getType(type);
    return isObjectType(object) ? object.getFields()[name] : undefined;
  }
}

const SPECIFIED = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);

/** Makes a field nullable: a representation need not have every field. */
const nullable = (type: GraphQLOutputType) => String(type).replace(/!$/, '');

function withOutside(
  { types, schema }: FusedSupergraph,
  outside: readonly FieldsByType[],
): ReadonlyMap<string, JoinedType> {
  const query = queryOf(schema);
  const namesWhere = (has: (fields: FieldsByType) => boolean) =>
    outside.flatMap((fields, index) => (has(fields) ? [outsideName(index)] : []));
  return new Map(
    [...types].map(([name, type]) => {
      const fields = new Map<string, JoinedField>(
        [...type.fields].map(([field, joined]) => {
          const added = namesWhere((one) => one.get(name)?.has(field) === true);
          return [field, { ...joined, owners: [...joined.owners, ...added] }];
        }),
      );
      if (name === query)
        fields.set('_entities', {
          owners: [OUTSIDE],
          requires: new Map<string, FieldSet>(),
          provides: new Map<string, FieldSet>(),
          isOverriddenByLabel: false,
          readsContext: false,
        });
      return [
        name,
        {
          ...type,
          fields,
          keys: new Map([
            ...type.keys,
            ...namesWhere((one) => one.has(name)).map((subgraph) => [subgraph, []] as const),
          ]),
        },
      ];
    }),
  );
}
