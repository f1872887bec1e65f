import type { ExecutionResult, FieldNode, GraphQLError } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import { MISSING, nullAt, nullError } from '../../operation/completion.ts';
import { fieldError } from '../../operation/field-error.ts';
import type { FusedContext } from './fused-context.ts';
import { isPromise } from './when-ready.ts';

/** An object or a list of the response under construction. */
export type Holder = Record<string | number, unknown>;

/** The position of an object or a list in the response. */
export interface ResponsePosition {
  readonly parent: ResponsePosition | undefined;
  readonly holder: Holder;
  readonly key: string | number;
  readonly isNullable: boolean;
}

/** How a value is completed. */
export interface Step {
  readonly isNullable: boolean;
  /** The field in the client's document. */
  readonly nodes: readonly FieldNode[];
  /** `Type.field`, for messages. */
  readonly coordinate: string;
  /** For a leaf: the value in the response. */
  readonly serialize: ((value: unknown) => unknown) | undefined;
  /** The error for a null in a non-null position or a value of the wrong type. @default an unexpected error of this server */
  readonly unexpected: ((coordinate: string) => Error) | undefined;
  /**
   * For other types: completes an object or a list.
   * @returns {@link MISSING}, or undefined if the value is written into its position later
   */
  complete(run: OperationRun, value: object, position: ResponsePosition): unknown;
}

/** The value of a field whose subgraph does not know the object. */
const UNKNOWN = Symbol('a field of an unknown object');

export interface RunOptions {
  /** Leaves out the fields of objects that a subgraph does not know, and records the objects, for a planner. Otherwise the fields are null. @default false */
  readonly notesUnknown?: boolean;
  /** The parent value of root fields. @default undefined */
  readonly rootValue?: unknown;
}

/** One run of a compiled operation: its response, which is written as values settle, and the number of pending values. */
export class OperationRun {
  readonly context: FusedContext;
  /** Coerced variables. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Arguments of fields that use variables, by the field's number. */
  readonly args: Readonly<Record<string, unknown>>[] = [];
  readonly #response: Holder = { data: undefined };
  readonly root: ResponsePosition = {
    parent: undefined,
    holder: this.#response,
    key: 'data',
    isNullable: true,
  };
  /** The value of a field whose subgraph does not know the object: null, or a marker if {@link unknownObjects} are recorded. */
  readonly unknown: null | typeof UNKNOWN;
  /** The parent value of root fields: for a subscription, the change. */
  readonly rootValue: unknown;
  /** Objects of the response without some fields because a subgraph does not know them. */
  readonly unknownObjects = new Set<object>();
  readonly #errors: GraphQLError[] = [];
  #underWay = 0;
  #whenIdle: (() => void) | undefined;

  constructor(
    context: FusedContext,
    variables: Readonly<Record<string, unknown>>,
    { notesUnknown = false, rootValue }: RunOptions = {},
  ) {
    this.context = context;
    this.variables = variables;
    this.unknown = notesUnknown ? UNKNOWN : null;
    this.rootValue = rootValue;
  }

  /** Calls back when nothing is pending, possibly at once. */
  whenIdle(callback: () => void): void {
    if (this.#underWay === 0) callback();
    else this.#whenIdle = callback;
  }

  /** Writes a value into its position, now or when it settles. @returns false if the holder must become null */
  put(
    step: Step,
    value: unknown,
    parent: ResponsePosition,
    holder: Holder,
    key: string | number,
  ): boolean {
    if (isPromise(value)) {
      // Reserves the key's position among the others.
      holder[key] = undefined;
      this.#underWay += 1;
      value.then(
        (settled) => {
          this.#arrive(this.#complete(step, settled, parent, holder, key), parent, holder, key);
        },
        (error: unknown) => {
          this.#arrive(this.fail(step, error, parent, key), parent, holder, key);
        },
      );
      return true;
    }
    const completed = this.#complete(step, value, parent, holder, key);
    if (completed === MISSING) return false;
    if (completed === UNKNOWN) this.unknownObjects.add(holder);
    else holder[key] = completed;
    return true;
  }

  /** @returns the value in place of a failed one */
  fail(
    step: Step,
    error: unknown,
    parent: ResponsePosition,
    key: string | number,
  ): null | typeof MISSING {
    this.#errors.push(fieldError(error, step.nodes, [...pathOf(parent), key]));
    return nullAt(step.isNullable);
  }

  set data(data: Holder | null) {
    this.#response['data'] = data;
  }

  /** Null if null propagation has reached the root. */
  get data(): Holder | null {
    // The cast is safe: only `data` writes it.
    return this.#response['data'] as Holder | null;
  }

  result(): ExecutionResult {
    const { data } = this;
    return this.#errors.length === 0 ? { data } : { errors: this.#errors, data };
  }

  #complete(
    step: Step,
    value: unknown,
    parent: ResponsePosition,
    holder: Holder,
    key: string | number,
  ): unknown {
    if (value === UNKNOWN) return UNKNOWN;
    if (value instanceof Error) return this.fail(step, value, parent, key);
    if (value === null || value === undefined) {
      if (step.isNullable) return null;
      const { unexpected = nullError } = step;
      return this.fail(step, unexpected(step.coordinate), parent, key);
    }
    const { serialize } = step;
    try {
      if (serialize !== undefined) return present(serialize(value), step);
      const completed = step.complete(this, value, {
        parent,
        holder,
        key,
        isNullable: step.isNullable,
      });
      return completed === MISSING ? nullAt(step.isNullable) : completed;
    } catch (error) {
      const { unexpected, coordinate } = step;
      const isCoded = unexpected === undefined || error instanceof CodedError;
      return this.fail(step, isCoded ? error : unexpected(coordinate), parent, key);
    }
  }

  #arrive(
    completed: unknown,
    parent: ResponsePosition,
    holder: Holder,
    key: string | number,
  ): void {
    if (completed === MISSING) becomeNull(parent);
    else if (completed === UNKNOWN) {
      Reflect.deleteProperty(holder, key);
      this.unknownObjects.add(holder);
    } else holder[key] = completed;
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    const callback = this.#whenIdle;
    this.#whenIdle = undefined;
    callback?.();
  }
}

function present(serialized: unknown, { coordinate }: Step): unknown {
  if (serialized == null)
    throw new Error(
      `A value of ${coordinate} was expected to be there when it is written, but is not.`,
    );
  return serialized;
}

/** Propagates a null to the nearest nullable position. Pending values below it are written into a discarded object. */
function becomeNull(position: ResponsePosition): void {
  let nearest = position;
  while (!nearest.isNullable && nearest.parent !== undefined) nearest = nearest.parent;
  nearest.holder[nearest.key] = null;
}

/** The response path, without the root. */
function pathOf(position: ResponsePosition): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = position; at.parent !== undefined; at = at.parent) path.unshift(at.key);
  return path;
}
