import {
  type GraphQLError,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  isAbstractType,
} from 'graphql';
import { CodedError } from '../../errors/coded-error.ts';
import { fieldError } from '../../operation/field-error.ts';
import type { FieldShape, SelectionShape } from '../../operation/response-shape.ts';
import type { Caller } from '../caller.ts';
import type { Condition } from '../../gateway/supergraph/access-rules.ts';
import { type AllowedOperation, TYPE_OF_OBJECT } from './allowed-operation.ts';

type Path = readonly (string | number)[];
type Data = Readonly<Record<string, unknown>>;

export interface RefusedAnswerOptions {
  readonly schema: GraphQLSchema;
  readonly refused: AllowedOperation['refused'];
  readonly caller: Caller;
}

/** Gives an answer the form that the client asked for: null and an error where something was refused. */
export class RefusedAnswer {
  readonly errors: GraphQLError[] = [];
  readonly #options: RefusedAnswerOptions;

  constructor(options: RefusedAnswerOptions) {
    this.#options = options;
  }

  /**
   * @param shape is that of the whole operation, `data` the answer to what of it was allowed.
   * @returns null where a field is null that cannot be
   */
  object(data: Data, shape: SelectionShape, typeName: string, path: Path): Record<string, unknown> | null {
    const type = this.#options.schema.getType(typeName);
    if (!isObjectType(type)) throw new TypeError(`The schema was expected to have a type ${typeName}.`);
    const completed: Record<string, unknown> = {};
    let isNull = false;
    for (const field of shape.fieldsOf(type)) {
      const place = [...path, field.responseName];
      const value = this.#refusalOf(field, place) ? null : this.#value(data[field.responseName], field, field.type, place);
      completed[field.responseName] = value;
      if (value === null && isNonNullType(field.type)) isNull = true;
    }
    return isNull ? null : completed;
  }

  /** Adds an error for a field that was left out wherever it was selected. */
  #refusalOf({ nodes }: FieldShape, path: Path): boolean {
    const { refused, caller } = this.#options;
    const [condition] = nodes.map((node) => refused.get(node));
    if (condition === undefined || !nodes.every((node) => refused.has(node))) return false;
    this.errors.push(fieldError(refusal(condition, caller), nodes, path));
    return true;
  }

  #value(value: unknown, field: FieldShape, type: GraphQLOutputType, path: Path): unknown {
    if (value == null) return null;
    if (isNonNullType(type)) return this.#value(value, field, type.ofType, path);
    if (isListType(type)) {
      const item: GraphQLOutputType = type.ofType;
      // A cast: an executor has made a list of it.
      const items = (value as readonly unknown[]).map((one, index) => this.#value(one, field, item, [...path, index]));
      return isNonNullType(item) && items.includes(null) ? null : items;
    }
    if (isAbstractType(type)) {
      const object = value as Data;
      return this.object(object, field.below, String(object[TYPE_OF_OBJECT]), path);
    }
    return isObjectType(type) ? this.object(value as Data, field.below, type.name, path) : value;
  }
}

/** Who has shown who they are lacks a right; others may have it once they do. */
function refusal(condition: Condition, { isAuthenticated }: Caller): CodedError {
  return new CodedError(isAuthenticated ? 'FORBIDDEN' : 'UNAUTHENTICATED', `This field requires ${describe(condition)}.`);
}

function describe(condition: Condition): string {
  if (condition.kind === 'authenticated') return 'a credential';
  const [one, several] = condition.kind === 'scopes' ? ['the scope', 'the scopes'] : ['the policy', 'the policies'];
  return condition.anyOf.map((names) => `${names.length === 1 ? one : several} ${names.join(' and ')}`).join(', or ');
}
