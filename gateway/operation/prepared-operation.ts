import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import {
  conditionVariables,
  applyConditions,
  type OperationWithoutConditions,
} from './operation-without-conditions.ts';

/** Variables by their names, as they came or coerced. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * One operation of a valid document, and all that checks and engines derive from it. What is derived lives as long as the operation, which the
 * server keeps in a cache of bounded size.
 */
export class PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** SHA-256, in hexadecimal digits, of the text or of what else says which fields are selected. */
  readonly hash: string;
  readonly #derived = new Map<object, unknown>();
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

  /** The variables that decide which fields the operation has. */
  get conditions(): readonly string[] {
    return (this.#conditions ??= conditionVariables(this.document));
  }

  /** What `owner` has derived from the operation; `derive` is called the first time. */
  get<Derived>(owner: object, derive: () => Derived): Derived {
    return slot(this.#derived, owner, derive);
  }

  /** The operation with its conditions decided. @param variables are the coerced ones */
  variant(variables: Variables): OperationVariant {
    const values =
      this.conditions.length === 0
        ? ''
        : this.conditions.map((name) => String(variables[name])).join();
    const known = this.#variants.get(values);
    if (known !== undefined) return known;
    const variant = new OperationVariant(this, variables);
    // An operation with many conditions has many forms.
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
  readonly #derived = new Map<object, unknown>();
  #withoutConditions: OperationWithoutConditions | undefined;

  constructor(operation: PreparedOperation, variables: Variables) {
    this.#operation = operation;
    this.#variables = variables;
  }

  get withoutConditions(): OperationWithoutConditions {
    const { document, operation } = this.#operation;
    return (this.#withoutConditions ??= applyConditions(document, operation, this.#variables));
  }

  /** What `owner` has derived from the form; `derive` is called the first time. */
  get<Derived>(owner: object, derive: () => Derived): Derived {
    return slot(this.#derived, owner, derive);
  }

  /** Derives it anew the next time. */
  forget(owner: object): void {
    this.#derived.delete(owner);
  }
}

function slot<Derived>(slots: Map<object, unknown>, owner: object, derive: () => Derived): Derived {
  // A cast: an owner derives one kind of thing.
  const known = slots.get(owner) as Derived | undefined;
  if (known !== undefined) return known;
  const derived = derive();
  slots.set(owner, derived);
  return derived;
}
