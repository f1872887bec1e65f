import type { GraphQLFormattedError } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import type { ErrorCode } from '../../../errors/error-codes.ts';
import type { GraphQLResponse } from '../graphql-server.ts';

export const DRAINING = new CodedError(
  'SERVER_DRAINING',
  'This server is about to end. Subscribe again, from the cursor where you have one.',
);

export const EXPIRED = new CodedError(
  'STREAM_EXPIRED',
  'This stream has reached its greatest age. Subscribe again from the cursor.',
);

export const TOKEN_EXPIRED = new CodedError(
  'TOKEN_EXPIRED',
  'The credential of this stream has expired or was revoked. Subscribe again with a valid one, from the cursor.',
);

export const EVENTS_LOST = new CodedError(
  'EVENTS_LOST',
  'Changes were lost. Refetch what you show; the subscription continues with changes from now on.',
);

export const NO_AUDIENCE = new CodedError(
  'FORBIDDEN',
  'The audience of this subscription does not exist any more, or not for this credential.',
);

export const FORBIDDEN: ReadonlySet<unknown> = new Set<ErrorCode>(['FORBIDDEN', 'UNAUTHENTICATED']);

/** Whether a response was refused by a rate limit before its execution. */
export const isRateLimited = ({ data, errors }: GraphQLResponse): boolean =>
  data === undefined && errors?.[0]?.extensions?.['code'] === 'RATE_LIMITED';

/** Whether the caller has no access to the root field of the subscription. */
export const isForbiddenRoot = ({ path, extensions }: GraphQLFormattedError): boolean =>
  path?.length === 1 && FORBIDDEN.has(extensions?.['code']);
