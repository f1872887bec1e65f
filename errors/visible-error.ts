import { z } from 'zod';
import { CodedError, type CodedErrorExtensions } from './coded-error.ts';
import { ERROR_CODES, isErrorCode, type ErrorCode } from './error-codes.ts';
import { shortenMessage } from './shorten-message.ts';

/** The parts of an error that a client sees. */
export interface VisibleError {
  readonly message: string;
  readonly extensions: CodedErrorExtensions;
}

/**
 * Selects the parts of an error that a client may see, if its `extensions` may come from another service: known codes, and only documented entries.
 * @param from names the subgraph whose service reports it, which replaces the subgraph that it names
 * @returns undefined if the code is not one of ours: the message of such an error is not for clients
 */
export function visibleError(
  message: string,
  extensions: unknown,
  from?: string,
): VisibleError | undefined {
  const { code, service, retryable, ...others } = untrusted.safeParse(extensions).data ?? {};
  const rest = {
    ...others,
    service: service === undefined ? undefined : (from ?? service),
    // The code decides whether a retry helps, except for a write without an idempotency key: its outcome cannot be found out.
    retryable: code === 'OUTCOME_UNKNOWN' ? retryable : undefined,
  };
  if (!isErrorCode(code) || code === 'INTERNAL_SERVER_ERROR') return undefined;
  const error = new CodedError(code, message, rest);
  return { message: error.message, extensions: error.extensions };
}

export const INTERNAL_ERROR: VisibleError = codedError(
  'INTERNAL_SERVER_ERROR',
  "Something went wrong on this server. Report it to the operator with the request's id: the header x-request-id of the response.",
);

export function codedError(code: ErrorCode, message: string): VisibleError {
  return {
    message: shortenMessage(message),
    extensions: { code, retryable: ERROR_CODES[code].retryable },
  };
}

const untrusted = z.object({
  code: z.string(),
  service: z.string().max(100).optional().catch(undefined),
  retryAfter: z.number().nonnegative().optional().catch(undefined),
  field: z.array(z.string().max(200)).max(100).optional().catch(undefined),
  idempotencyKey: z.string().max(255).optional().catch(undefined),
  retryable: z.literal(false).optional().catch(undefined),
});
