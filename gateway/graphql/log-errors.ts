import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CodedError, LoggedError } from '../../errors/coded-error.ts';
import { isClientDisconnected } from '../../request/deadline.ts';
import { describeUnexpectedError, describeUpstreamError } from '../../errors/describe-error.ts';

/**
 * Logs the details of a response's errors that clients do not receive: one line per cause, up to a maximum.
 * @param formatted are the same errors in the same order, in the client's format
 */
export function logErrors(
  log: FastifyBaseLogger,
  errors: readonly unknown[] | undefined,
  formatted: readonly GraphQLFormattedError[] | undefined,
): void {
  const logged = new Set<unknown>();
  errors?.forEach((error, index) => {
    const thrown = originOf(error);
    if (thrown instanceof LoggedError || logged.has(thrown)) return;
    const isUnexpected = formatted?.[index]?.extensions?.['code'] === 'INTERNAL_SERVER_ERROR';
    const isOfVendor =
      thrown instanceof CodedError &&
      thrown.extensions.service !== undefined &&
      !isClientDisconnected(thrown);
    if (!isUnexpected && !isOfVendor) return;
    logged.add(thrown);
    if (logged.size > MAX_LINES) return;
    if (isUnexpected) log.error({ error: describeUnexpectedError(thrown) }, 'a field failed');
    else if (isOfVendor) log.warn({ error: describeUpstreamError(thrown) }, 'a vendor failed');
  });
  if (logged.size > MAX_LINES)
    log.warn({ errors: logged.size }, 'more fields failed than are logged for one request');
}

/** A response may have thousands of errors. */
const MAX_LINES = 20;

/** Unwraps the GraphQL errors around the error that was thrown. */
export function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError != null
    ? originOf(error.originalError)
    : error;
}
