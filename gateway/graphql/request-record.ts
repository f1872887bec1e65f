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

/** The fields of a GraphQL request in logs, metrics and traces, collected while it runs. */
export class RequestRecord implements AnsweredOperation {
  name: string | undefined;
  type: string | undefined;
  /** Undefined for the whole graph. */
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

  /** The request has a valid operation. */
  resolve(operationName: string | null, type: string): void {
    this.name = operationName?.slice(0, MAX_NAME_LENGTH);
    this.type = type;
  }

  /** The operation is not on the safelist. */
  markUnlisted(hash?: string): void {
    this.unlisted = { ...readClientName(this.#headers), ...(hash !== undefined && { hash }) };
  }

  /** Sets the estimated cost, which is an upper bound. */
  setCost(
    cost: OperationCost,
    { tracksVendorCalls }: { readonly tracksVendorCalls: boolean },
  ): void {
    this.cost = cost;
    this.#tracksVendorCalls = tracksVendorCalls;
  }

  /** Counts the vendor calls of the request. */
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

  /** The request was refused. */
  refuse(code: ErrorCode): void {
    this.errors = [{ code }];
    this.outcome = isOfClient({ code }) ? 'refused' : 'failed';
  }

  /** The client disconnected. Later errors follow from that, and are not recorded. */
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
