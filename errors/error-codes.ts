/** What a client can do about an error of each code. The code is the API: `docs/errors.md` documents every row. */
export const ERROR_CODES = {
  UNAUTHENTICATED: { retryable: false },
  FORBIDDEN: { retryable: false },
  BAD_USER_INPUT: { retryable: false },
  GRAPHQL_PARSE_FAILED: { retryable: false },
  GRAPHQL_VALIDATION_FAILED: { retryable: false },
  OPERATION_RESOLUTION_FAILURE: { retryable: false },
  PERSISTED_QUERY_NOT_FOUND: { retryable: true },
  PERSISTED_QUERY_NOT_SUPPORTED: { retryable: false },
  OPERATION_NOT_LISTED: { retryable: false },
  BAD_REQUEST: { retryable: false },
  NOT_FOUND: { retryable: false },
  METHOD_NOT_ALLOWED: { retryable: false },
  PAYLOAD_TOO_LARGE: { retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { retryable: false },
  OPERATION_TOO_COMPLEX: { retryable: false },
  RATE_LIMITED: { retryable: true },
  UPSTREAM_TIMEOUT: { retryable: true },
  UPSTREAM_RATE_LIMITED: { retryable: true },
  UPSTREAM_UNAVAILABLE: { retryable: true },
  UPSTREAM_AUTH: { retryable: false },
  UPSTREAM_REJECTED: { retryable: false },
  UPSTREAM_CONTRACT: { retryable: false },
  OUTCOME_UNKNOWN: { retryable: true },
  EVENTS_NOT_STORED: { retryable: true },
  EVENTS_LOST: { retryable: true },
  TOKEN_EXPIRED: { retryable: false },
  STREAM_EXPIRED: { retryable: true },
  SERVER_DRAINING: { retryable: true },
  INTERNAL_SERVER_ERROR: { retryable: false },
} as const satisfies Record<string, ErrorCodeTraits>;

export interface ErrorCodeTraits {
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
}

export type ErrorCode = keyof typeof ERROR_CODES;

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
