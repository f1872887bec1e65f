import { GraphQLError } from 'graphql';
import { CodedError, LoggedError } from '../../../../errors/coded-error.ts';
import type { ErrorCode } from '../../../../errors/error-codes.ts';
import { isClientDisconnected } from '../../../../request/deadline.ts';
import { describeUpstreamError, shortenForLog } from '../../../../errors/describe-error.ts';
import {
  INTERNAL_ERROR,
  type VisibleError,
  visibleError,
} from '../../../../errors/visible-error.ts';
import { UpstreamError } from '../../../../upstream/upstream-error.ts';
import type { GraphRequest } from '../../../operation/graph.ts';
import type { ServiceError } from '../service-response.ts';
import type { NamedService } from '../service-connection.ts';
import type { Path } from '../../../operation/errors-by-path.ts';

/** A failure, which becomes one error at each affected path. */
export interface Failure {
  readonly code: ErrorCode;
  at(path: Path): GraphQLError;
}

/** Decides what a client sees of service failures in one request; logs the hidden details. */
export class Failures {
  readonly #request: Pick<GraphRequest, 'log' | 'caller'>;
  readonly #logged = new Set<string>();

  constructor(request: Pick<GraphRequest, 'log' | 'caller'>) {
    this.#request = request;
  }

  /** For an error that a service or an embedded subgraph reported. */
  reported(error: ServiceError | GraphQLError, service: NamedService): Failure {
    if (error instanceof GraphQLError) return failedField(error);
    const visible = visibleError(
      error.message === '' ? NO_MESSAGE : error.message.slice(0, MAX_MESSAGE),
      error.extensions,
      service.name,
    );
    if (visible === undefined || !PASSED_ON.has(visible.extensions.code)) {
      this.#log(service.name, error);
      return failure(REPORTED, REPORTED_ORIGIN);
    }
    // The client's credential is valid, so the service has refused this server.
    if (visible.extensions.code === 'UNAUTHENTICATED' && this.#request.caller.isAuthenticated) {
      return this.thrown(service.fail('UPSTREAM_AUTH'), service);
    }
    return failure(visible);
  }

  /** For an error that was thrown in this process. */
  thrown(error: unknown, { name }: NamedService): Failure {
    if (!(error instanceof CodedError))
      return failure(INTERNAL_ERROR, error instanceof Error ? error : undefined);
    const visible = { message: error.message, extensions: error.extensions };
    // The log gets these later, as failures of vendors.
    if (error instanceof UpstreamError || isClientDisconnected(error))
      return failure(visible, error);
    return failure(visible, this.logged(error, name));
  }

  /** Logs why a service failed. @returns the error for responses */
  logged(error: CodedError, service: string): LoggedError {
    this.#write({ service, ...describeUpstreamError(error) }, 'a service failed');
    return new LoggedError(error.code, error.message, error.extensions);
  }

  #log(service: string, { message, path, extensions }: ServiceError): void {
    const code = codeIn(extensions);
    const described = {
      service,
      ...(code !== undefined && { code: shortenForLog(code, MAX_LOGGED_CODE) }),
      message: shortenForLog(message, MAX_LOGGED_MESSAGE),
    };
    const at =
      path === undefined ? {} : { path: shortenForLog(path.join('.'), MAX_LOGGED_MESSAGE) };
    this.#write(described, 'a service reported an error', at);
  }

  /** Logs equal errors once: one failure can affect thousands of fields. */
  #write(error: { readonly service: string }, message: string, at: object = {}): void {
    const key = JSON.stringify(error);
    if (this.#logged.has(key) || this.#logged.size > MAX_LINES) return;
    this.#logged.add(key);
    if (this.#logged.size <= MAX_LINES)
      this.#request.log?.warn({ error: { ...error, ...at } }, message);
    else
      this.#request.log?.warn(
        { error: { service: error.service } },
        'services reported more errors than are logged for one request',
      );
  }
}

/**
 * Codes of services that clients see. Other codes are about the request of this server, such as `GRAPHQL_VALIDATION_FAILED`, or have a
 * meaning only for the service.
 */
const PASSED_ON: ReadonlySet<ErrorCode> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'OPERATION_TOO_COMPLEX',
  'RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_AUTH',
  'UPSTREAM_REJECTED',
  'UPSTREAM_CONTRACT',
  'OUTCOME_UNKNOWN',
]);

const REPORTED_ORIGIN = new LoggedError(
  'INTERNAL_SERVER_ERROR',
  "A subgraph service reported an error that is hidden from clients. Report it to the operator with the request's id: the header x-request-id of the response.",
);

const REPORTED: VisibleError = {
  message: REPORTED_ORIGIN.message,
  extensions: REPORTED_ORIGIN.extensions,
};

const NO_MESSAGE = 'A subgraph service reported an error without a message.';

/** Maximum length of a service's message in responses. */
const MAX_MESSAGE = 1000;

/** Maximum length; a message can quote data. */
const MAX_LOGGED_MESSAGE = 200;
const MAX_LOGGED_CODE = 50;
const MAX_LINES = 20;

/** Error formatting decides later what the client sees. */
function failedField({ message, extensions, originalError }: GraphQLError): Failure {
  const options = { extensions, originalError: originalError ?? null };
  return {
    code: originalError instanceof CodedError ? originalError.code : INTERNAL_ERROR.extensions.code,
    at: (path) => new GraphQLError(message, { ...options, path }),
  };
}

function codeIn(extensions: unknown): string | undefined {
  const code =
    typeof extensions === 'object' && extensions !== null && 'code' in extensions
      ? extensions.code
      : undefined;
  return typeof code === 'string' ? code : undefined;
}

const failure = ({ message, extensions }: VisibleError, origin?: Error): Failure => ({
  code: extensions.code,
  at: (path) =>
    new GraphQLError(message, {
      path,
      extensions: { ...extensions },
      originalError: origin ?? null,
    }),
});
