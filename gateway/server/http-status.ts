import { type ErrorCode, isErrorCode } from '../../errors/error-codes.ts';

/** The HTTP status of an error response with each code, outside of GraphQL's own rules. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  PERSISTED_QUERY_NOT_FOUND: 200,
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
  OPERATION_NOT_LISTED: 403,
  BAD_REQUEST: 400,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  OPERATION_TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
  UPSTREAM_TIMEOUT: 504,
  UPSTREAM_RATE_LIMITED: 503,
  UPSTREAM_UNAVAILABLE: 502,
  UPSTREAM_AUTH: 502,
  UPSTREAM_REJECTED: 502,
  UPSTREAM_CONTRACT: 502,
  OUTCOME_UNKNOWN: 502,
  EVENTS_NOT_STORED: 503,
  EVENTS_LOST: 410,
  TOKEN_EXPIRED: 401,
  STREAM_EXPIRED: 408,
  SERVER_DRAINING: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/** Whether a code is a client error; false for an unknown code. */
export const isClientError = (code: unknown): boolean =>
  isErrorCode(code) && HTTP_STATUS[code] < 500;

/** The code of a library's error with an HTTP status. */
export function codeOfHttpStatus(status: number): ErrorCode {
  // The static file library reports 403 for folders.
  if (status === 404 || status === 403) return 'NOT_FOUND';
  if (status === 405) return 'METHOD_NOT_ALLOWED';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR';
}
