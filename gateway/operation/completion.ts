import {
  getNullableType,
  type GraphQLAbstractType,
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
import { fieldError } from './field-error.ts';
import type { ErrorsByPath } from './errors-by-path.ts';
import type { DataType, FieldShape, SelectionShape } from './response-shape.ts';

/**
 * Completion turns values into a response. Nulls follow https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors: a failed field or
 * a null value is null in the response. In a non-null position, the null propagates to the nearest nullable parent or `data`.
 *
 * - {@link completeResponse} walks complete values: of a query plan (`gateway/engines/planned/planned-executor.ts`), and of a response without
 *   the fields that a caller cannot see (`gateway/access/fields/response-with-refusals.ts`).
 * - The fused engine (`gateway/engines/fused/operation-run.ts`) uses {@link MISSING}, {@link nullAt} and {@link nullError} in its own loop: its
 *   values arrive one by one, and it has compiled what the walk finds out about types. A walk afterwards would visit each value twice.
 * - A representation (`gateway/engines/fused/field-set-reader.ts`) uses only {@link nullError}: a null in a non-null position makes the whole
 *   representation fail.
 */

/** Marks a null in a non-null position: the parent becomes null. */
export const MISSING = Symbol('null in a non-null position');

/** The completed value of a failed or null field or item. */
export const nullAt = (isNullable: boolean): null | typeof MISSING => (isNullable ? null : MISSING);

/** The error of a null in a non-null position without another error, with the message of graphql-js. @param coordinate `Type.field` */
export const nullError = (coordinate: string) =>
  new Error(`Cannot return null for non-nullable field ${coordinate}.`);

/** A response object, by response names. */
export type ResponseObject = Record<string, unknown>;

/** Without a prototype: a client can alias a field as `__proto__`. */
export const createResponseObject = () => new EmptyObject() as ResponseObject;

// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- `Object.create(null)` makes hash tables, which are slower.
class EmptyObject {
  static {
    Object.setPrototypeOf(this.prototype, null);
  }
}

export interface Completion {
  readonly schema: GraphQLSchema;
  readonly shape: SelectionShape;
  readonly root: GraphQLObjectType;
  readonly values: ResponseValues;
  /** The errors of the response so far; completion adds to them. */
  readonly errors: ErrorsByPath;
}

/** How {@link completeResponse} reads values. */
export interface ResponseValues {
  /** @returns the field's value: an Error if the field fails, undefined if an expected value is missing */
  read(object: Readonly<Record<string, unknown>>, field: FieldShape, type: DataType): unknown;
  /** @returns the name of the object's type */
  typeNameOf(object: object, declared: GraphQLAbstractType): unknown;
  /**
   * The error of a missing value or a value of the wrong type. @default an unexpected error of this server
   * @param message states the expected value
   */
  unexpected?(field: FieldShape, message: string): Error | undefined;
}

/**
 * Builds a response from values in one walk: ordered fields under their response names, with null propagation. A missing value or a value of
 * the wrong type is an error, so that it does not become a null without explanation.
 * @returns null if a null propagates to `data`
 */
export function completeResponse(data: object, completion: Completion): ResponseObject | null {
  const { shape, root, errors } = completion;
  const failure = shape.failureOf(root);
  if (failure !== undefined) {
    errors.add(failure);
    return null;
  }
  const completed = new Walk(completion).object(data, shape, root);
  return completed === MISSING ? null : completed;
}

class Walk {
  readonly #completion: Completion;
  readonly #path: (string | number)[] = [];

  constructor(completion: Completion) {
    this.#completion = completion;
  }

  object(data: object, shape: SelectionShape, type: DataType): ResponseObject | typeof MISSING {
    const completed = createResponseObject();
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
    const { values, errors } = this.#completion;
    // The cast is safe: property values are `unknown`.
    const value = values.read(data as Readonly<Record<string, unknown>>, field, parent);
    if (value instanceof Error) {
      errors.add(fieldError(value, field.nodes, [...this.#path]));
      return nullAt(!isNonNullType(field.type));
    }
    if (value === undefined)
      this.#unexpected(field, `Expected a value of ${field.coordinate}, but got none.`);
    return this.#value(value, field.type, field);
  }

  #value(value: unknown, type: GraphQLOutputType, field: FieldShape): unknown {
    const completed =
      value === null || value === undefined
        ? null
        : this.#present(value, getNullableType(type), field);
    if (completed !== null) return completed;
    const isNullable = !isNonNullType(type);
    if (!isNullable) this.#fail(field, nullError(field.coordinate));
    return nullAt(isNullable);
  }

  /** @returns null if the value has the wrong type or a null propagates to it */
  #present(value: unknown, type: NullableType, field: FieldShape): unknown {
    if (isListType(type)) return this.#list(value, type.ofType, field);
    if (isLeafType(type))
      return isValidLeaf(type, value)
        ? // An ID is text, even if a service returns a number: https://spec.graphql.org/October2021/#sec-ID
          type.name === 'ID'
          ? String(value)
          : value
        : this.#refuse(field, `a ${type.name}`, 'something else');
    if (typeof value !== 'object' || value === null)
      return this.#refuse(field, 'an object', `a ${typeof value}`);
    const objectType = isObjectType(type) ? type : this.#typeOf(value, type);
    if (objectType === undefined)
      return this.#refuse(field, `an object of ${type.name}`, 'one of no type of it');
    const failure = field.below.failureOf(objectType);
    if (failure !== undefined) {
      this.#completion.errors.add(fieldError(failure, field.nodes, [...this.#path]));
      return null;
    }
    const completed = this.object(value, field.below, objectType);
    return completed === MISSING ? null : completed;
  }

  #list(value: unknown, type: GraphQLOutputType, field: FieldShape): unknown {
    if (!Array.isArray(value)) return this.#refuse(field, 'a list', `a ${typeof value}`);
    const completed: unknown[] = [];
    for (const [index, item] of value.entries()) {
      this.#path.push(index);
      completed.push(this.#value(item, type, field));
      this.#path.pop();
    }
    return completed.includes(MISSING) ? null : completed;
  }

  /** Can be an interface: a subgraph with an `@interfaceObject` does not know the object type, and none may be selected. */
  #typeOf(value: object, declared: GraphQLAbstractType): DataType | undefined {
    const { schema, values } = this.#completion;
    const type = schema.getType(String(values.typeNameOf(value, declared)));
    return isObjectType(type) || isInterfaceType(type) ? type : undefined;
  }

  #refuse(field: FieldShape, expected: string, got: string): null {
    this.#unexpected(field, `Expected ${expected} for ${field.coordinate}, but got ${got}.`);
    return null;
  }

  #unexpected(field: FieldShape, message: string): void {
    const { values, errors } = this.#completion;
    if (!errors.explain(this.#path))
      this.#fail(field, values.unexpected?.(field, message) ?? new Error(message));
  }

  /** Adds the error, unless another one at, above or below this path explains it. */
  #fail({ nodes }: FieldShape, error: Error): void {
    const { errors } = this.#completion;
    if (!errors.explain(this.#path)) errors.add(fieldError(error, nodes, [...this.#path]));
  }
}

type NullableType = Exclude<
  ReturnType<typeof getNullableType<GraphQLOutputType>>,
  null | undefined
>;

function isValidLeaf(type: GraphQLLeafType, value: unknown): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  switch (type.name) {
    case 'Int':
      // 32 bits: https://spec.graphql.org/October2021/#sec-Int
      return Number.isInteger(value) && value === Number(value) >> 0;
    case 'Float':
      return typeof value === 'number';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'String':
      return typeof value === 'string';
    case 'ID':
      return typeof value === 'string' || Number.isInteger(value);
    default:
      return true;
  }
}
