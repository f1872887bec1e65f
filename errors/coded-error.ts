import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import { shortenMessage } from './shorten-message.ts';

/** A subgraph, as errors and traces name it. */
export interface Service {
  /** The subgraph's name in the supergraph. */
  readonly name: string;
  /** What messages call what stands behind it: "The <title> did not answer". */
  readonly title: string;
}

export interface CodedErrorOptions {
  /** The name of the subgraph whose vendor failed. */
  readonly service?: string | undefined;
  /** Seconds after which a retry may succeed. */
  readonly retryAfter?: number | undefined;
  /** Which part of the input is wrong: `['input', 'email']`. */
  readonly field?: readonly string[] | undefined;
  /** The key under which a client can find out what came of its write. */
  readonly idempotencyKey?: string | undefined;
  /** What else clients get in the extensions. Never takes the place of an entry that has a meaning of its own. @default nothing */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** For operators and logs only; never part of an answer. */
  readonly cause?: unknown;
}

/** What clients see of an error beside its message and path. */
export interface CodedErrorExtensions {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly service?: string;
  readonly retryAfter?: number;
  readonly field?: readonly string[];
  readonly idempotencyKey?: string;
}

/** Entries of the extensions that have a meaning of their own: ours, and those that Apollo Server reads (`http`) or adds (`stacktrace`). */
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
 * An error whose message and code may be shown to a client. Everything else that is thrown becomes
 * `INTERNAL_SERVER_ERROR` with a text that says nothing about its cause. Long values in the message are shortened.
 */
export class CodedError extends Error {
  override readonly name: string = 'CodedError';
  readonly code: ErrorCode;
  /** graphql-js copies `extensions` of a thrown error into the GraphQL error it makes. */
  readonly extensions: CodedErrorExtensions;

  constructor(
    code: ErrorCode,
    message: string,
    { service, retryAfter, field, idempotencyKey, details, cause }: CodedErrorOptions = {},
  ) {
    super(shortenMessage(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.extensions = {
      ...details,
      code,
      retryable: ERROR_CODES[code].retryable,
      ...(service !== undefined && { service }),
      ...(retryAfter !== undefined && { retryAfter: Math.min(retryAfter, MAX_RETRY_AFTER) }),
      ...(field !== undefined && { field }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
  }
}

/** An error that is in the log already, where it came from. */
export class LoggedError extends CodedError {
  override readonly name = 'LoggedError';
}

/** A day: a client that waits longer has given up, and some vendors say years. */
const MAX_RETRY_AFTER = 86_400;

/** The client asked for something that cannot be: the message says what was expected and what came. */
export class BadUserInput extends CodedError {
  override readonly name = 'BadUserInput';

  constructor(message: string, options: Pick<CodedErrorOptions, 'field'> = {}) {
    super('BAD_USER_INPUT', message, options);
  }
}
