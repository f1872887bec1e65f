import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CodedError, LoggedError } from '../../errors/coded-error.ts';
import { isClientDisconnected } from '../../request/deadline.ts';
import { describeUnexpectedError, describeUpstreamError } from '../../errors/describe-error.ts';

/**
 * Says of errors in an answer what the client is not told: once of what cost several fields, and not of all where there are many.
 * @param formatted are the same errors in the same order, as the client gets them.
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

/** Each further one tells less, and an answer may have thousands. */
const MAX_LINES = 20;

/** What was thrown, below the GraphQL errors around it. */
export function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError != null
    ? originOf(error.originalError)
    : error;
}
