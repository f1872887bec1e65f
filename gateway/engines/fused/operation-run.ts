import type { ExecutionResult, FieldNode, GraphQLError } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import { MISSING, nullAt, nullError } from '../../operation/completion.ts';
import { fieldError } from '../../operation/field-error.ts';
import type { FusedContext } from './fused-context.ts';
import { isPromise } from './when-ready.ts';

/** An object or a list of the answer, while it is made. */
export type Holder = Record<string | number, unknown>;

/** Where an object or a list of the answer is. */
export interface ResponsePosition {
  readonly parent: ResponsePosition | undefined;
  readonly holder: Holder;
  readonly key: string | number;
  readonly isNullable: boolean;
}

/** How a value becomes part of the answer. */
export interface Step {
  readonly isNullable: boolean;
  /** Where the client asks for it. */
  readonly nodes: readonly FieldNode[];
  /** `Type.field`, for messages. */
  readonly coordinate: string;
  /** For a leaf: what the client gets of a value. */
  readonly serialize: ((value: unknown) => unknown) | undefined;
  /** The error of a value that is missing or not of its type. @default an unexpected error of this server */
  readonly unexpected: ((coordinate: string) => Error) | undefined;
  /**
   * For all others: makes an object or a list.
   * @returns {@link MISSING}, or undefined for what is written into its place later
   */
  complete(run: OperationRun, value: object, position: ResponsePosition): unknown;
}

/** Stands for a field of an object that the subgraph of the field does not know. */
const UNKNOWN = Symbol('a field of an unknown object');

export interface RunOptions {
  /** Whether objects that a subgraph does not know lack its fields and are noted, for a planner; otherwise the fields are null. @default false */
  readonly notesUnknown?: boolean;
  /** What the root's fields are read from. @default nothing */
  readonly rootValue?: unknown;
}

/** One run of a compiled operation: its answer, which is written as values come, and what is still under way. */
export class OperationRun {
  readonly context: FusedContext;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Arguments of fields that take variables, by the field's number. */
  readonly args: Readonly<Record<string, unknown>>[] = [];
  readonly #response: Holder = { data: undefined };
  readonly root: ResponsePosition = {
    parent: undefined,
    holder: this.#response,
    key: 'data',
    isNullable: true,
  };
  /** What stands for a field of an object that the subgraph of the field does not know: a null, unless {@link unknownObjects} are noted. */
  readonly unknown: null | typeof UNKNOWN;
  /** What the root's fields are read from: the change that a subscription is answered for. */
  readonly rootValue: unknown;
  /** Objects of the answer that lack fields because a subgraph does not know them. */
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

  /** Calls back when nothing is under way, which may be at once. */
  whenIdle(callback: () => void): void {
    if (this.#underWay === 0) callback();
    else this.#whenIdle = callback;
  }

  /** Puts a value into its place, now or when it comes. @returns false where its holder cannot be without it */
  put(
    step: Step,
    value: unknown,
    parent: ResponsePosition,
    holder: Holder,
    key: string | number,
  ): boolean {
    if (isPromise(value)) {
      // The key keeps its place among the others.
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

  /** @returns what stands in the place of a value that could not be had. */
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

  /** Null where the null of a non-null field went all the way up. */
  get data(): Holder | null {
    // A cast: nothing else is put there.
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

/** The nearest place that may be null becomes it. Whatever is still under way below is written where nobody sees it. */
function becomeNull(position: ResponsePosition): void {
  let nearest = position;
  while (!nearest.isNullable && nearest.parent !== undefined) nearest = nearest.parent;
  nearest.holder[nearest.key] = null;
}

/** The root is no part of a path. */
function pathOf(position: ResponsePosition): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = position; at.parent !== undefined; at = at.parent) path.unshift(at.key);
  return path;
}
