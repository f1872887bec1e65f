import type { IncomingHttpHeaders } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../../errors/error-codes.ts';
import type {
  AnsweredError,
  AnsweredOperation,
  Outcome,
  UnlistedOperation,
} from '../../monitoring/answered-operation.ts';
import type { OperationCost, VendorCalls } from '../../request/operation-cost.ts';
import type { CallRecord } from '../../request/request-scope.ts';
import { readClientName } from '../server/client-name.ts';
import { isClientError } from '../server/http-status.ts';

/** What logs, metrics and traces tell of a GraphQL request, filled in while it is answered. */
export class RequestRecord implements AnsweredOperation {
  name: string | undefined;
  type: string | undefined;
  /** Undefined where the whole graph was asked. */
  audience: string | undefined;
  outcome: Outcome = 'refused';
  errors: readonly AnsweredError[] = NONE;
  unlisted: UnlistedOperation | undefined;
  cost: OperationCost | undefined;
  calls: VendorCalls | undefined;
  #tracksVendorCalls = false;
  readonly #headers: IncomingHttpHeaders;

  /** @param headers of the request */
  constructor(headers: IncomingHttpHeaders = {}) {
    this.#headers = headers;
  }

  /** It asks for an operation that is valid. */
  resolve(operationName: string | null, type: string): void {
    this.name = operationName?.slice(0, MAX_NAME_LENGTH);
    this.type = type;
  }

  /** Its operation is not on the operator's list. */
  markUnlisted(hash?: string): void {
    this.unlisted = { ...readClientName(this.#headers), ...(hash !== undefined && { hash }) };
  }

  /** It costs so much, at most. */
  setCost(
    cost: OperationCost,
    { tracksVendorCalls }: { readonly tracksVendorCalls: boolean },
  ): void {
    this.cost = cost;
    this.#tracksVendorCalls = tracksVendorCalls;
  }

  /** These calls were made for it. */
  count(calls: readonly CallRecord[]): void {
    if (this.#tracksVendorCalls) this.calls = countByService(calls);
  }

  setResult(data: unknown, errors: readonly GraphQLFormattedError[] | undefined): void {
    if (errors === undefined || errors.length === 0) this.outcome = 'complete';
    else {
      this.errors = errors.map(toAnsweredError);
      this.outcome =
        data != null ? 'partial' : this.errors.every(isOfClient) ? 'refused' : 'failed';
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

export function countByService(calls: readonly CallRecord[]): VendorCalls {
  const counts: Record<string, number> = {};
  for (const { service } of calls) counts[service] = (counts[service] ?? 0) + 1;
  return counts;
}

const NONE: readonly AnsweredError[] = [];

const MAX_NAME_LENGTH = 64;

function toAnsweredError({ extensions }: GraphQLFormattedError): AnsweredError {
  const { code, service } = extensions ?? {};
  return { code: String(code), ...(typeof service === 'string' && { service }) };
}

const isOfClient = ({ code }: AnsweredError) => isClientError(code);
