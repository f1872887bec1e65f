/** What a client may do with an error of each code. The code is the API: `docs/errors.md` documents every row. */
export const ERROR_CODES = {
  UNAUTHENTICATED: { retryable: false, service: false },
  FORBIDDEN: { retryable: false, service: false },
  BAD_USER_INPUT: { retryable: false, service: false },
  GRAPHQL_PARSE_FAILED: { retryable: false, service: false },
  GRAPHQL_VALIDATION_FAILED: { retryable: false, service: false },
  OPERATION_RESOLUTION_FAILURE: { retryable: false, service: false },
  PERSISTED_QUERY_NOT_FOUND: { retryable: true, service: false },
  PERSISTED_QUERY_NOT_SUPPORTED: { retryable: false, service: false },
  BAD_REQUEST: { retryable: false, service: false },
  NOT_FOUND: { retryable: false, service: false },
  METHOD_NOT_ALLOWED: { retryable: false, service: false },
  PAYLOAD_TOO_LARGE: { retryable: false, service: false },
  UNSUPPORTED_MEDIA_TYPE: { retryable: false, service: false },
  OPERATION_TOO_COMPLEX: { retryable: false, service: false },
  RATE_LIMITED: { retryable: true, service: false },
  UPSTREAM_TIMEOUT: { retryable: true, service: true },
  UPSTREAM_RATE_LIMITED: { retryable: true, service: true },
  UPSTREAM_UNAVAILABLE: { retryable: true, service: true },
  UPSTREAM_AUTH: { retryable: false, service: true },
  UPSTREAM_REJECTED: { retryable: false, service: true },
  UPSTREAM_CONTRACT: { retryable: false, service: true },
  OUTCOME_UNKNOWN: { retryable: true, service: true },
  INTERNAL_SERVER_ERROR: { retryable: false, service: false },
} as const satisfies Record<string, ErrorCodeTraits>;

export interface ErrorCodeTraits {
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** Whether the error names the service (`crm`, `payments`, `maps`) whose vendor failed. */
  readonly service: boolean;
}

export type ErrorCode = keyof typeof ERROR_CODES;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
