import { z } from 'zod';
import { CodedError, type CodedErrorExtensions } from './coded-error.ts';
import { ERROR_CODES, isErrorCode, type ErrorCode } from './error-codes.ts';
import { shortenMessage } from './shorten-message.ts';

/** What a client sees of an error. */
export interface VisibleError {
  readonly message: string;
  readonly extensions: CodedErrorExtensions;
}

/**
 * What a client may see of an error whose `extensions` somebody filled in, possibly another service: known codes, and no
 * entry that is not in the contract. Undefined where the code is none of ours: such an error's text is not for clients.
 * @param from names the subgraph whose service reports it: what it says of a subgraph is about that one.
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
    // The code decides whether a retry helps. A write without an idempotency key is the exception: its outcome cannot be found out.
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
