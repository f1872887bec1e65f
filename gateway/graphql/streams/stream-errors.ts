import type { GraphQLFormattedError } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import type { ErrorCode } from '../../../errors/error-codes.ts';
import type { GraphQLResponse } from '../graphql-server.ts';

export const DRAINING = new CodedError(
  'SERVER_DRAINING',
  'This server is shutting down. Subscribe again from the cursor, if you have one.',
);

export const EXPIRED = new CodedError(
  'STREAM_EXPIRED',
  'This stream has reached its maximum duration. Subscribe again from the cursor.',
);

export const TOKEN_EXPIRED = new CodedError(
  'TOKEN_EXPIRED',
  'The credential of this stream has expired or was revoked. Subscribe again from the cursor with a valid one.',
);

export const EVENTS_LOST = new CodedError(
  'EVENTS_LOST',
  'Changes were lost. Refetch the displayed data; the subscription continues with new changes.',
);

export const NO_AUDIENCE = new CodedError(
  'FORBIDDEN',
  'The audience of this subscription no longer exists, or this credential has no access to it.',
);

export const FORBIDDEN: ReadonlySet<unknown> = new Set<ErrorCode>(['FORBIDDEN', 'UNAUTHENTICATED']);

/** Whether a response was refused by a rate limit before its execution. */
export const isRateLimited = ({ data, errors }: GraphQLResponse): boolean =>
  data === undefined && errors?.[0]?.extensions?.['code'] === 'RATE_LIMITED';

/** Whether the caller has no access to the root field of the subscription. */
export const isForbiddenRoot = ({ path, extensions }: GraphQLFormattedError): boolean =>
  path?.length === 1 && FORBIDDEN.has(extensions?.['code']);
