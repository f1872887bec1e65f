import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import {
  conditionVariables,
  applyConditions,
  type OperationWithoutConditions,
} from './operation-without-conditions.ts';

/** Variables by name, uncoerced or coerced. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * One operation of a valid document, with the data that checks and engines derive from it. Derived data lives as long as the operation, which
 * the server stores in a bounded cache, and as its owner.
 */
export class PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** SHA-256 of the document or of another identification of the selected fields, in hexadecimal digits. */
  readonly hash: string;
  readonly #derived = new WeakMap<object, unknown>();
  readonly #variants = new Map<string, OperationVariant>();
  #conditions: readonly string[] | undefined;

  constructor({
    document,
    operation,
    hash,
  }: Pick<PreparedOperation, 'document' | 'operation' | 'hash'>) {
    this.document = document;
    this.operation = operation;
    this.hash = hash;
  }

  get name(): string | null {
    return this.operation.name?.value ?? null;
  }

  /** The variables of `@skip` and `@include`. */
  get conditions(): readonly string[] {
    return (this.#conditions ??= conditionVariables(this.document));
  }

  /** Data that `owner` derives from the operation; calls `derive` once. */
  get<Derived>(owner: object, derive: () => Derived): Derived {
    return slot(this.#derived, owner, derive);
  }

  /** The operation with its conditions decided. @param variables coerced variables */
  variant(variables: Variables): OperationVariant {
    const values =
      this.conditions.length === 0
        ? ''
        : this.conditions.map((name) => String(variables[name])).join();
    const known = this.#variants.get(values);
    if (known !== undefined) return known;
    const variant = new OperationVariant(this, variables);
    // An operation with many conditions has many variants.
    if (this.#variants.size >= MAX_VARIANTS) this.#variants.clear();
    this.#variants.set(values, variant);
    return variant;
  }
}

const MAX_VARIANTS = 64;

/** An operation for one set of values of its conditions. */
export class OperationVariant {
  readonly #operation: PreparedOperation;
  readonly #variables: Variables;
  readonly #derived = new WeakMap<object, unknown>();
  #withoutConditions: OperationWithoutConditions | undefined;

  constructor(operation: PreparedOperation, variables: Variables) {
    this.#operation = operation;
    this.#variables = variables;
  }

  get withoutConditions(): OperationWithoutConditions {
    const { document, operation } = this.#operation;
    return (this.#withoutConditions ??= applyConditions(document, operation, this.#variables));
  }

  /** Data that `owner` derives from the variant; calls `derive` once. */
  get<Derived>(owner: object, derive: () => Derived): Derived {
    return slot(this.#derived, owner, derive);
  }

  /** Deletes the derived data, so that the next call of `get` derives it again. */
  forget(owner: object): void {
    this.#derived.delete(owner);
  }
}

function slot<Derived>(
  slots: WeakMap<object, unknown>,
  owner: object,
  derive: () => Derived,
): Derived {
  // The cast is safe: an owner derives one type of data.
  const known = slots.get(owner) as Derived | undefined;
  if (known !== undefined) return known;
  const derived = derive();
  slots.set(owner, derived);
  return derived;
}
