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
import { type FieldSet, printFieldSet } from '../../supergraph/field-set.ts';
import type { JoinedField, JoinedType } from '../../supergraph/joins.ts';
import type { FusedSupergraph } from './fused-supergraph.ts';
import type { FusedSubgraph } from './subgraph-schema.ts';

/** A supergraph whose entities can be reached from outside, and the subgraph that gives them as they were named. */
export interface EntitySource {
  readonly supergraph: FusedSupergraph;
  readonly subgraph: FusedSubgraph;
}

/** No subgraph of a supergraph has this name: they begin with a letter. */
const OUTSIDE = '_outside';

/**
 * Adds `Query._entities` to a supergraph: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec.
 * It is a field of one more subgraph, which has of each entity the keys and nothing else. So an object that a service names is an
 * object like any other: its fields are found by the same ways.
 * @throws Error for an entity with several keys: a representation does not say which of them it has.
 */
export function createEntitySource(supergraph: FusedSupergraph): EntitySource {
  const outside = new OutsideTypes(supergraph.schema);
  for (const [type, key] of keysOf(supergraph)) outside.add(type, key);
  const types = entityTypes(supergraph);
  const schema = extendSchema(supergraph.schema, parse(types), { assumeValidSDL: true });
  return {
    supergraph: {
      ...supergraph,
      schema,
      subgraphs: [...supergraph.subgraphs, OUTSIDE],
      types: withOutside(supergraph, outside.fields),
    },
    subgraph: {
      name: OUTSIDE,
      sdl: `${outside.sdl()} ${types}`,
      resolvers: {
        [queryOf(supergraph.schema)]: {
          _entities: (
            _root: unknown,
            { representations }: { readonly representations: readonly unknown[] },
          ) => representations,
        },
        _Entity: {
          __resolveType: ({ __typename }: { readonly __typename: string }) => __typename,
        },
      },
      createContext: () => ({}),
    },
  };
}

/** What the subgraph specification adds to a schema. */
export function entityTypes(supergraph: FusedSupergraph): string {
  const { schema } = supergraph;
  return `scalar _Any
    union _Entity = ${[...keysOf(supergraph).keys()].join(' | ')}
    extend type ${queryOf(schema)} { _entities(representations: [_Any!]!): [_Entity]! }`;
}

const queryOf = (schema: GraphQLSchema) => schema.getQueryType()?.name ?? 'Query';

function keysOf({ types, schema }: FusedSupergraph): ReadonlyMap<string, FieldSet> {
  const keys = new Map<string, FieldSet>();
  for (const { name, keys: bySubgraph } of types.values()) {
    const sets = new Map([...bySubgraph.values()].flat().map((set) => [printFieldSet(set), set]));
    const [key] = sets.values();
    if (key === undefined || !isObjectType(schema.getType(name))) continue;
    if (sets.size > 1)
      throw new Error(
        `The embedded subgraphs must have one key for an entity that services can extend, but ${name} has ${[...sets.keys()].map((set) => `"${set}"`).join(' and ')}.`,
      );
    keys.set(name, key);
  }
  return keys;
}

/** Fields by the name of their type. */
type FieldsByType = ReadonlyMap<string, ReadonlySet<string>>;

/** What a representation has of entities: the fields of their keys. */
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

/** A representation need not have every field. */
const nullable = (type: GraphQLOutputType) => String(type).replace(/!$/, '');

function withOutside(
  { types, schema }: FusedSupergraph,
  outside: FieldsByType,
): ReadonlyMap<string, JoinedType> {
  const query = queryOf(schema);
  return new Map(
    [...types].map(([name, type]) => {
      const known = outside.get(name);
      const fields = new Map<string, JoinedField>(
        [...type.fields].map(([field, joined]) => [
          field,
          known?.has(field) === true ? { ...joined, owners: [...joined.owners, OUTSIDE] } : joined,
        ]),
      );
      if (name === query)
        fields.set('_entities', {
          owners: [OUTSIDE],
          requires: new Map<string, FieldSet>(),
          isOverriddenByLabel: false,
          readsContext: false,
        });
      return [
        name,
        {
          ...type,
          fields,
          keys: known === undefined ? type.keys : new Map([...type.keys, [OUTSIDE, []]]),
        },
      ];
    }),
  );
}
