import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import { shortenMessage } from './shorten-message.ts';

/** A subgraph in errors and traces. */
export interface Service {
  /** The subgraph's name in the supergraph. */
  readonly name: string;
  /** The name of its vendor in messages: "The <title> did not respond". */
  readonly title: string;
}

export interface CodedErrorOptions {
  /** The name of the subgraph whose vendor failed. */
  readonly service?: string | undefined;
  /** Seconds after which a retry may succeed. */
  readonly retryAfter?: number | undefined;
  /** Which part of the input is wrong: `['input', 'email']`. */
  readonly field?: readonly string[] | undefined;
  /** The key with which a client can find out the outcome of its write. */
  readonly idempotencyKey?: string | undefined;
  /** Further extensions for clients. They never replace an entry with a defined meaning. @default none */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the same request may succeed later without a change. @default what its code says */
  readonly retryable?: boolean | undefined;
  /** For operators and logs only; never part of a response. */
  readonly cause?: unknown;
}

/** The parts of an error that clients see, in addition to its message and path. */
export interface CodedErrorExtensions {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly service?: string;
  readonly retryAfter?: number;
  readonly field?: readonly string[];
  readonly idempotencyKey?: string;
}

/** Extensions with a defined meaning: ours, and those that Apollo Server reads (`http`) or adds (`stacktrace`). */
export const ERROR_EXTENSIONS: ReadonlySet<string> = new Set([
  ...([
    'code',
    'retryable',
    'service',
    'retryAfter',
    'field',
    'idempotencyKey',
  ] satisfies (keyof CodedErrorExtensions)[]),
  'http',
  'stacktrace',
]);

/**
 * An error whose message and code a client may see. All other errors become `INTERNAL_SERVER_ERROR` with a message that does not reveal the
 * cause. Long values in the message are shortened.
 */
export class CodedError extends Error {
  override readonly name: string = 'CodedError';
  readonly code: ErrorCode;
  /** graphql-js copies the `extensions` of a thrown error into its GraphQL error. */
  readonly extensions: CodedErrorExtensions;

  constructor(
    code: ErrorCode,
    message: string,
    {
      service,
      retryAfter,
      field,
      idempotencyKey,
      retryable,
      details,
      cause,
    }: CodedErrorOptions = {},
  ) {
    super(shortenMessage(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.extensions = {
      ...details,
      code,
      retryable: retryable ?? ERROR_CODES[code].retryable,
      ...(service !== undefined && { service }),
      ...(retryAfter !== undefined && { retryAfter: Math.min(retryAfter, MAX_RETRY_AFTER) }),
      ...(field !== undefined && { field }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
  }
}

/** An error that has been logged where it occurred. */
export class LoggedError extends CodedError {
  override readonly name = 'LoggedError';
}

/** A day. Some vendors send years, and no client waits that long. */
const MAX_RETRY_AFTER = 86_400;

/** The client's input is invalid. The message says what was expected and what was sent. */
export class BadUserInput extends CodedError {
  override readonly name = 'BadUserInput';

  constructor(message: string, options: Pick<CodedErrorOptions, 'field'> = {}) {
    super('BAD_USER_INPUT', message, options);
  }
}
