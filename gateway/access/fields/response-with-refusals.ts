import type { ExecutionResult } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import { type Completion, completeResponse } from '../../operation/completion.ts';
import { ErrorsByPath } from '../../operation/errors-by-path.ts';
import type { FieldShape } from '../../operation/response-shape.ts';
import type { Caller } from '../../../request/caller.ts';
import type { Condition } from '../../supergraph/access-rules.ts';
import type { AllowedOperation, RefusedField } from './allowed-operation.ts';

export interface ResponseWithRefusalsOptions extends Pick<Completion, 'schema' | 'shape' | 'root'> {
  readonly refused: AllowedOperation['refused'];
  readonly typeName: AllowedOperation['typeName'];
  readonly caller: Caller;
}

/**
 * Completes a response in the shape of the whole operation, with null and an error for each refused field.
 * @param allowed the response to the allowed part of the operation
 */
export function completeRefused(
  allowed: ExecutionResult,
  { refused, typeName, caller, ...operation }: ResponseWithRefusalsOptions,
): ExecutionResult {
  if (allowed.data == null) return allowed;
  const errors = new ErrorsByPath(allowed.errors);
  const data = completeResponse(allowed.data, {
    ...operation,
    errors,
    values: {
      read: (object, field) => refusalOf(field, refused, caller) ?? object[field.responseName],
      // The cast is safe: property values are `unknown`.
      typeNameOf: (object) => (object as Readonly<Record<string, unknown>>)[typeName],
    },
  });
  return { ...allowed, data, ...(errors.all.length > 0 && { errors: errors.all }) };
}

/** The error of a field; undefined if one of its selections was allowed. */
export function refusalOf(
  { nodes }: FieldShape,
  refused: AllowedOperation['refused'],
  caller: Caller,
): CodedError | undefined {
  const [first] = nodes.map((node) => refused.get(node));
  if (first === undefined || !nodes.every((node) => refused.has(node))) return undefined;
  return refusal(first, caller);
}

/** FORBIDDEN for callers with a credential, UNAUTHENTICATED for others. */
function refusal(
  { condition, argument = 'This field' }: RefusedField,
  { isAuthenticated }: Caller,
): CodedError {
  return new CodedError(
    isAuthenticated ? 'FORBIDDEN' : 'UNAUTHENTICATED',
    `${argument} requires ${describe(condition)}.`,
  );
}

function describe(condition: Condition): string {
  if (condition.kind === 'authenticated') return 'a credential';
  const [one, several] =
    condition.kind === 'scopes' ? ['the scope', 'the scopes'] : ['the policy', 'the policies'];
  return condition.anyOf
    .map((names) => `${names.length === 1 ? one : several} ${names.join(' and ')}`)
    .join(', or ');
}
