import {
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { locate } from '../../../operation/field-error.ts';
import type { PlacedErrors } from './placed-errors.ts';
import type { DataType, FieldShape, SelectionShape } from '../../../operation/response-shape.ts';

export interface Completion {
  readonly schema: GraphQLSchema;
  readonly errors: PlacedErrors;
  /** Entities that a subgraph does not know: it is no wonder that fields of theirs are missing. */
  readonly absent: WeakSet<object>;
  /** The values of `__schema` and `__type` by their response names. */
  readonly introspection: Readonly<Record<string, unknown>>;
}

/**
 * Makes the client's answer of what the subgraphs gave, in one walk: its fields in their order and under their names, and
 * nulls where they may be. A value that nobody gave is an error: it would else be a null that says nothing.
 * @returns null where the null of a non-null field went all the way up.
 */
export function complete(data: object, shape: SelectionShape, root: GraphQLObjectType, completion: Completion): object | null {
  const completed = new Walk(completion).object(data, shape, root);
  return completed === MISSING ? null : completed;
}

/** Stands for a null where none may be: the nearest place that may be null becomes it. */
const MISSING = Symbol('a null where none may be');

type Completed<T> = T | typeof MISSING;

class Walk {
  readonly #completion: Completion;
  readonly #path: (string | number)[] = [];

  constructor(completion: Completion) {
    this.#completion = completion;
  }

  object(data: object, shape: SelectionShape, type: DataType): Completed<object> {
    // No prototype: a client may call a field __proto__.
    const completed = Object.create(null) as Record<string, unknown>;
    let isMissing = false;
    for (const field of shape.fieldsOf(type)) {
      this.#path.push(field.responseName);
      const value = this.#field(data, field, type);
      this.#path.pop();
      if (value === MISSING) isMissing = true;
      else completed[field.responseName] = value;
    }
    return isMissing ? MISSING : completed;
  }

  #field(data: object, field: FieldShape, parent: DataType): unknown {
    if (field.name === '__typename') return isObjectType(parent) ? parent.name : this.#value(undefined, field.type, field);
    if (field.name === '__schema' || field.name === '__type') return this.#completion.introspection[field.responseName];
    // A cast: what subgraphs give is unknown below.
    const value = (data as Readonly<Record<string, unknown>>)[field.plannedName];
    if (value === undefined && !this.#completion.absent.has(data))
      this.#fail(field, `No service returned a value for ${parent.name}.${field.name}.`);
    return this.#value(value, field.type, field);
  }

  #value(value: unknown, type: GraphQLOutputType, field: FieldShape): unknown {
    if (isNonNullType(type)) {
      const completed = this.#value(value, type.ofType, field);
      if (completed !== null) return completed;
      this.#fail(field, `Cannot return null for ${type.toString()} in ${field.name}.`);
      return MISSING;
    }
    if (value === null || value === undefined) return null;
    if (isListType(type)) return this.#list(value, type.ofType, field);
    if (isLeafType(type))
      return isValidLeaf(type, value) ? value : this.#fail(field, `Expected a ${type.name} in ${field.name}, but got something else.`);
    if (typeof value !== 'object') return this.#fail(field, `Expected an object in ${field.name}, but got a ${typeof value}.`);
    const objectType = isObjectType(type) ? type : this.#typeOf(value, type);
    if (objectType === undefined)
      return this.#fail(field, `Expected an object of ${type.name} in ${field.name}, but got one of no type of it.`);
    return nullIfMissing(this.object(value, field.below, objectType));
  }

  #list(value: unknown, type: GraphQLOutputType, field: FieldShape): unknown {
    if (!Array.isArray(value)) return this.#fail(field, `Expected a list in ${field.name}, but got a ${typeof value}.`);
    const completed: unknown[] = [];
    for (const [index, item] of value.entries()) {
      this.#path.push(index);
      completed.push(this.#value(item, type, field));
      this.#path.pop();
    }
    return completed.includes(MISSING) ? null : completed;
  }

  /** An interface is the answer too: a subgraph with an `@interfaceObject` knows no more, and that may be all that is asked. */
  #typeOf(value: object, declared: GraphQLAbstractType): DataType | undefined {
    const name = '__typename' in value && typeof value.__typename === 'string' ? value.__typename : declared.name;
    const type = this.#completion.schema.getType(name);
    return isObjectType(type) || isInterfaceType(type) ? type : undefined;
  }

  /** Says what is wrong, unless an error at, above or below this place does so already. */
  #fail({ nodes }: FieldShape, message: string): null {
    const { errors } = this.#completion;
    if (!errors.explain(this.#path)) errors.add(locate(new GraphQLError(message, { path: [...this.#path] }), nodes));
    return null;
  }
}

const nullIfMissing = (value: Completed<object>) => (value === MISSING ? null : value);

function isValidLeaf(type: GraphQLLeafType, value: unknown): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  switch (type.name) {
    case 'Int':
      return Number.isInteger(value);
    case 'Float':
      return typeof value === 'number';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'String':
      return typeof value === 'string';
    case 'ID':
      return typeof value === 'string' || typeof value === 'number';
    default:
      return true;
  }
}
