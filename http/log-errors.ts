import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CodedError } from '../errors/coded-error.ts';
import { isForNobody } from './deadline.ts';
import { describeUnexpectedError, describeUpstreamError } from './describe-error.ts';

/**
 * Says of errors in an answer what the client is not told.
 * @param formatted are the same errors in the same order, as the client gets them.
 */
export function logErrors(
  log: FastifyBaseLogger,
  errors: readonly unknown[] | undefined,
  formatted: readonly GraphQLFormattedError[] | undefined,
): void {
  errors?.forEach((error, index) => {
    const thrown = originOf(error);
    if (formatted?.[index]?.extensions?.['code'] === 'INTERNAL_SERVER_ERROR') {
      log.error({ error: describeUnexpectedError(thrown) }, 'a field failed');
    } else if (thrown instanceof CodedError && thrown.extensions.service !== undefined && !isForNobody(thrown)) {
      log.warn({ error: describeUpstreamError(thrown) }, 'a vendor failed');
    }
  });
}

/** What was thrown, below the GraphQL errors around it. */
export function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError != null ? originOf(error.originalError) : error;
}
