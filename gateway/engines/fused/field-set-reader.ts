import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { nullError } from '../../operation/completion.ts';
import type { FieldSet } from '../../supergraph/field-set.ts';
import type { FusedContext } from './fused-context.ts';
import { FusedObject } from './fused-object.ts';
import type { FieldSetReader, FieldOwners } from './field-owner.ts';
import { type SubgraphField, typeOf } from './subgraph-field.ts';
import type { Representation } from './subgraph-schema.ts';
import { isPromise, type MaybePromise, whenAllReady, whenReady } from './when-ready.ts';

/** Creates a reader of a field set for objects of one type and origin. */
export function createFieldSetReader(
  fieldOwners: FieldOwners,
  schema: GraphQLSchema,
  type: string,
  origin: string,
  fields: FieldSet,
): FieldSetReader {
  const nodes = fieldsFor(schema, type, fields);
  const names = nodes.map((node) => node.name.value);
  const readers = nodes.map((node) => createFieldReader(fieldOwners, schema, type, origin, node));
  const toRepresentation = (values: readonly unknown[]): Representation | null => {
    const representation: Record<string, unknown> = {};
    for (const [index, name] of names.entries()) {
      if (values[index] === undefined) return null;
      representation[name] = values[index];
    }
    return representation;
  };
  return (object, context, info) =>
    whenAllReady(
      readers.map((read) => read(object, context, info)),
      toRepresentation,
    );
}

function fieldsFor(
  schema: GraphQLSchema,
  type: string,
  { selections }: SelectionSetNode,
): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    const condition = selection.typeCondition && schema.getType(selection.typeCondition.name.value);
    const object = schema.getType(type);
    const applies =
      condition === undefined ||
      condition === object ||
      (isAbstractType(condition) && isObjectType(object) && schema.isSubType(condition, object));
    return applies ? fieldsFor(schema, type, selection.selectionSet) : [];
  });
}

/** Returns undefined if the field's subgraph does not know the object. */
type FieldReader = (
  object: FusedObject,
  context: FusedContext,
  info: GraphQLResolveInfo,
) => MaybePromise<unknown>;

function createFieldReader(
  fieldOwners: FieldOwners,
  schema: GraphQLSchema,
  type: string,
  origin: string,
  node: FieldNode,
): FieldReader {
  if (node.name.value === '__typename') return ({ type: name }) => name;
  const owner = fieldOwners.ownerOf(type, origin, node.name.value);
  const { field } = owner;
  const subgraph = field.subgraph.name;
  const args = field.argumentsOf(node);
  const complete = createCompletion(
    fieldOwners,
    schema,
    field,
    field.definition.type,
    node.selectionSet,
  );
  return (object, context, info) =>
    whenReady(
      owner.isOrigin ? object.value : fieldOwners.counterpart(object, owner, context, info),
      (parent) =>
        parent == null
          ? undefined
          : complete(field.read(parent, args, context.of(subgraph), info), context, info),
    );
}

/** Turns a resolved value into JSON, as the subgraph would send it over HTTP. */
type Completion = (
  value: unknown,
  context: FusedContext,
  info: GraphQLResolveInfo,
) => MaybePromise<unknown>;

function createCompletion(
  fieldOwners: FieldOwners,
  schema: GraphQLSchema,
  field: SubgraphField,
  type: GraphQLOutputType,
  fields: FieldSet | undefined,
): Completion {
  if (isNonNullType(type)) {
    const nullable = createCompletion(fieldOwners, schema, field, type.ofType, fields);
    return (value, context, info) =>
      whenReady(nullable(value, context, info), (completed) => {
        if (completed == null) throw nullError(field.coordinate);
        return completed;
      });
  }
  const completeSettled = createSettledCompletion(fieldOwners, schema, field, type, fields);
  const complete: Completion = (value, context, info) => {
    if (isPromise(value)) return value.then((settled) => complete(settled, context, info));
    if (value instanceof Error) throw value;
    return value == null ? null : completeSettled(value, context, info);
  };
  return complete;
}

/** For values that are neither null nor promises. */
function createSettledCompletion(
  fieldOwners: FieldOwners,
  schema: GraphQLSchema,
  field: SubgraphField,
  type: Exclude<GraphQLOutputType, { readonly ofType: never }>,
  fields: FieldSet | undefined,
): Completion {
  if (isLeafType(type)) return (value) => type.serialize(value);
  if (isListType(type)) {
    const completeItem = createCompletion(fieldOwners, schema, field, type.ofType, fields);
    // graphql-js reports a value that is not a list in the field itself.
    return (value, context, info) =>
      whenAllReady(
        Array.from(value as Iterable<unknown>, (item) => completeItem(item, context, info)),
        (items) => items,
      );
  }
  if (fields === undefined)
    throw new Error(`A field set must select fields of ${field.coordinate}, but selects none.`);
  const origin = field.subgraph.name;
  const readers = new Map<string, FieldSetReader>();
  const read = (name: string, value: unknown, context: FusedContext, info: GraphQLResolveInfo) => {
    const reader =
      readers.get(name) ?? createFieldSetReader(fieldOwners, schema, name, origin, fields);
    readers.set(name, reader);
    return reader(new FusedObject(name, origin, value), context, info);
  };
  if (!isAbstractType(type))
    return (value, context, info) =>
      read((type as { readonly name: string }).name, value, context, info);
  return (value, context, info) =>
    whenReady(typeOf(type, value, context.of(origin), info), (name) =>
      read(name, value, context, info),
    );
}
