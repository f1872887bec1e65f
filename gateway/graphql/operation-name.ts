import { CodedError } from '../../errors/coded-error.ts';

/**
 * Looks at a request's `operationName` before anything compares it with names, or writes it into a message.
 * @returns why it is refused; undefined where it is not
 */
export function refuseOperationName(name: string | undefined): CodedError | undefined {
  if (name === undefined || name.length <= MAX_NAME) return undefined;
  const message = `operationName must have at most ${String(MAX_NAME)} characters, but has ${String(name.length)}.`;
  return new CodedError('OPERATION_RESOLUTION_FAILURE', message);
}

/** Characters; as many as a name in a document may have. */
const MAX_NAME = 1000;
