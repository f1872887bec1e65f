import type { GraphQLFormattedError } from 'graphql';
import { type ErrorCode, isErrorCode } from '../errors/error-codes.ts';
import type { AnsweredError, AnsweredOperation, Outcome } from '../monitoring/answered-operation.ts';
import { HTTP_STATUS } from './http-status.ts';

/** What logs, metrics and traces tell of a GraphQL request, filled in while it is answered. */
export class RequestRecord implements AnsweredOperation {
  name: string | undefined;
  type: string | undefined;
  /** Undefined where the whole graph was asked. */
  audience: string | undefined;
  outcome: Outcome = 'refused';
  errors: readonly AnsweredError[] = NONE;

  /** It asks for an operation that is valid. */
  resolve(operationName: string | null, type: string): void {
    this.name = operationName?.slice(0, MAX_NAME_LENGTH);
    this.type = type;
  }

  answer(data: unknown, errors: readonly GraphQLFormattedError[] | undefined): void {
    if (errors === undefined || errors.length === 0) this.outcome = 'complete';
    else {
      this.errors = errors.map(toAnsweredError);
      this.outcome = data != null ? 'partial' : this.errors.every(isOfClient) ? 'refused' : 'failed';
    }
  }

  /** It was no request that a GraphQL server answers. */
  refuse(code: ErrorCode): void {
    this.errors = [{ code }];
    this.outcome = isOfClient({ code }) ? 'refused' : 'failed';
  }

  /** Whatever failed then, failed because nobody waited any more. */
  abandon(): void {
    this.errors = NONE;
    this.outcome = 'abandoned';
  }
}

const NONE: readonly AnsweredError[] = [];

const MAX_NAME_LENGTH = 64;

function toAnsweredError({ extensions }: GraphQLFormattedError): AnsweredError {
  const { code, service } = extensions ?? {};
  return { code: String(code), ...(typeof service === 'string' && { service }) };
}

const isOfClient = ({ code }: AnsweredError) => isErrorCode(code) && HTTP_STATUS[code] < 500;
