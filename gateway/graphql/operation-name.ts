import { CodedError } from '../../errors/coded-error.ts';

/**
 * Checks the length of `operationName` before it is compared with names or written into a message.
 * @returns the refusal, if any
 */
export function refuseOperationName(name: string | undefined): CodedError | undefined {
  if (name === undefined || name.length <= MAX_NAME) return undefined;
  const message = `operationName must have at most ${String(MAX_NAME)} characters, but has ${String(name.length)}.`;
  return new CodedError('OPERATION_RESOLUTION_FAILURE', message);
}

/** Characters. The same limit as for a name in a document. */
const MAX_NAME = 1000;
