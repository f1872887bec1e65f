import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  print,
  type SelectionSetNode,
} from 'graphql';
import type { FieldSet } from './field-set.ts';
import type { FusedContext } from './fused-context.ts';
import { FusedObject } from './fused-object.ts';
import { Routes } from './routes.ts';
import { SubgraphField, typeOf } from './subgraph-field.ts';
import type { EmbeddedSubgraph, Representation } from './subgraph-schema.ts';
import type { Supergraph } from './supergraph.ts';
import { isPromise, type MaybePromise, whenAllReady, whenReady } from './when-ready.ts';

/** Where the value of a field comes from, seen from an object's home. */
export interface Source {
  readonly field: SubgraphField;
  /** What the field needs of other subgraphs. */
  readonly requires: FieldSet | undefined;
  /** Whether the home's own object will do. */
  readonly isHome: boolean;
}

/** Leads from objects of one subgraph to their fields in others, as gateways do with `_entities` queries. */
export class Fusion {
  readonly #supergraph: Supergraph;
  readonly #subgraphs: ReadonlyMap<string, EmbeddedSubgraph>;
  readonly #routes: Routes;
  readonly #fields = new Map<string, SubgraphField>();
  readonly #sources = new Map<string, Source>();

  constructor(supergraph: Supergraph, subgraphs: ReadonlyMap<string, EmbeddedSubgraph>) {
    this.#supergraph = supergraph;
    this.#subgraphs = subgraphs;
    this.#routes = new Routes(supergraph);
  }

  /** Whether objects of a type must carry where they come from. */
  needsBox = (type: string): boolean => {
    const { schema, types } = this.#supergraph;
    const object = schema.getType(type);
    return (
      (types.get(type)?.keys.size ?? 0) > 1 ||
      (isObjectType(object) && Object.values(schema.getTypeMap()).some((other) => isAbstractType(other) && schema.isSubType(other, object)))
    );
  };

  /** A field as a subgraph resolves it. */
  field(subgraph: string, type: string, name: string): SubgraphField {
    const key = `${subgraph}/${type}.${name}`;
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const embedded = this.#subgraphs.get(subgraph);
    const object = embedded?.schema.getType(type);
    const definition = isObjectType(object) ? object.getFields()[name] : undefined;
    if (embedded === undefined || definition === undefined)
      throw new Error(`The subgraph ${subgraph} must have ${type}.${name}, but has not.`);
    const field = new SubgraphField(embedded, definition, this.needsBox);
    this.#fields.set(key, field);
    return field;
  }

  source(type: string, home: string, name: string): Source {
    const key = `${home}/${type}.${name}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const subgraph = this.#routes.source(type, home, name);
    if (subgraph === undefined) throw new Error(`No way leads from ${type} in the subgraph ${home} to its field ${name}.`);
    const requires = this.#supergraph.types.get(type)?.fields.get(name)?.requires.get(subgraph);
    const source = { field: this.field(subgraph, type, name), requires, isHome: subgraph === home && requires === undefined };
    this.#sources.set(key, source);
    return source;
  }

  /** The object as the field's subgraph knows it; null where that does not know it. */
  parent(object: FusedObject, { field, requires }: Source, context: FusedContext, info: GraphQLResolveInfo): MaybePromise<unknown> {
    const subgraph = field.subgraph.name;
    const name = requires === undefined ? subgraph : `${subgraph} ${print(requires)}`;
    if (object.parents.has(name)) return object.parents.get(name);
    const parent = rejectInsteadOfThrow(() =>
      whenReady(this.#represent(object, subgraph, requires, context, info), (representation) => {
        if (representation === null) return null;
        const resolve = field.subgraph.referenceResolver(object.type);
        return context.entity(`${subgraph} ${JSON.stringify(representation)}`, () =>
          rejectInsteadOfThrow(() => resolve(representation, context.of(subgraph), info)),
        );
      }),
    );
    object.parents.set(name, parent);
    return parent;
  }

  /**
   * @returns null for an object without a key, which no subgraph can know, and for one that a subgraph which is to give what is
   * required does not know.
   */
  #represent(
    object: FusedObject,
    subgraph: string,
    requires: FieldSet | undefined,
    context: FusedContext,
    info: GraphQLResolveInfo,
  ): MaybePromise<Representation | null> {
    const key =
      this.#routes.reach(object.type, object.home).get(subgraph) ?? this.#supergraph.types.get(object.type)?.keys.get(subgraph)?.[0];
    if (key === undefined) throw new Error(`No key leads from ${object.type} in ${object.home} to ${subgraph}.`);
    return whenReady(this.#read(object, key, context, info), (keyFields) => {
      if (keyFields === null || Object.values(keyFields).includes(null)) return null;
      const named = { __typename: object.type, ...keyFields };
      if (requires === undefined) return named;
      return whenReady(this.#read(object, requires, context, info), (required) => required && { ...named, ...required });
    });
  }

  /** The fields that a field set names, as they would travel over HTTP; null where the subgraph that has one does not know the object. */
  #read(object: FusedObject, fields: FieldSet, context: FusedContext, info: GraphQLResolveInfo): MaybePromise<Representation | null> {
    const nodes = this.#fieldsFor(object.type, fields);
    return whenAllReady(
      nodes.map((node) => this.#readField(object, node, context, info)),
      (values) => (values.includes(undefined) ? null : Object.fromEntries(nodes.map((node, index) => [node.name.value, values[index]]))),
    );
  }

  #fieldsFor(type: string, { selections }: SelectionSetNode): FieldNode[] {
    const { schema } = this.#supergraph;
    return selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
      const condition = selection.typeCondition && schema.getType(selection.typeCondition.name.value);
      const object = schema.getType(type);
      const applies =
        condition === undefined ||
        condition === object ||
        (isAbstractType(condition) && isObjectType(object) && schema.isSubType(condition, object));
      return applies ? this.#fieldsFor(type, selection.selectionSet) : [];
    });
  }

  /** @returns undefined where the subgraph that has the field does not know the object. */
  #readField(object: FusedObject, node: FieldNode, context: FusedContext, info: GraphQLResolveInfo): MaybePromise<unknown> {
    if (node.name.value === '__typename') return object.type;
    const source = this.source(object.type, object.home, node.name.value);
    const { field } = source;
    const parent = source.isHome ? object.value : this.parent(object, source, context, info);
    return whenReady(parent, (found) => {
      if (found == null) return undefined;
      const value = field.read(found, field.argumentsOf(node), context.of(field.subgraph.name), info);
      return this.#complete(field, field.definition.type, value, node.selectionSet, context, info);
    });
  }

  /** Turns a resolved value into JSON, as the subgraph would have answered it. */
  #complete(
    field: SubgraphField,
    type: GraphQLOutputType,
    value: unknown,
    fields: FieldSet | undefined,
    context: FusedContext,
    info: GraphQLResolveInfo,
  ): MaybePromise<unknown> {
    if (isPromise(value)) return value.then((settled) => this.#complete(field, type, settled, fields, context, info));
    if (value instanceof Error) throw value;
    if (isNonNullType(type)) {
      if (value == null) throw new Error(`Cannot return null for non-nullable field ${field.definition.name}.`);
      return this.#complete(field, type.ofType, value, fields, context, info);
    }
    if (value == null) return null;
    if (isLeafType(type)) return type.serialize(value);
    if (isListType(type)) {
      const items = Array.from(value as Iterable<unknown>, (item) => this.#complete(field, type.ofType, item, fields, context, info));
      return whenAllReady(items, (settled) => settled);
    }
    if (fields === undefined) throw new Error(`A field set must select fields of ${field.definition.name}, but selects none.`);
    const home = field.subgraph.name;
    const name = isAbstractType(type) ? typeOf(type, value, context.of(home), info) : type.name;
    return whenReady(name, (known) => this.#read(new FusedObject(known, home, value), fields, context, info));
  }
}

/** So that one failure reaches all who wait for the same object, however it comes about. */
function rejectInsteadOfThrow(resolve: () => unknown): unknown {
  try {
    return resolve();
  } catch (error) {
    const rejected = Promise.reject(error instanceof Error ? error : new Error(String(error)));
    rejected.catch(() => undefined);
    return rejected;
  }
}
