import type { FetcherParams } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import type { CallRecord, MappingProblemRecord } from '../../request/request-scope.ts';
import { chosenOperation } from './chosen-operation.ts';

/** The data about a response in the panel. */
export interface TracedResponse {
  /** The calls in the order of their start; undefined if the gateway sends no trace, as in production. */
  readonly calls: readonly CallRecord[] | undefined;
  /** Problems of connector mappings. */
  readonly mappingProblems: readonly MappingProblemRecord[];
  /** Undefined for a refused operation. */
  readonly cost: OperationCost | undefined;
  readonly hasErrors: boolean;
  /** Milliseconds from sending the operation to its parsed response. */
  readonly ms: number;
  /** Bytes of the response without trace and cost, as other clients get it. */
  readonly bytes: number;
}

export interface OperationCost {
  /** The cost that counts towards the caller's limit. */
  readonly estimated: number;
  /** The maximum number of vendor calls; undefined if the gateway has no estimate for the graph's vendors. */
  readonly maxCalls: number | undefined;
}

export interface FetchedOperation {
  /** The result that every client gets. */
  readonly result: ExecutionResult;
  /** Undefined for introspection. */
  readonly response: TracedResponse | undefined;
  /** Why the gateway refused the credential, or the request without one. */
  readonly refusal: string | undefined;
}

type TracedResult = ExecutionResult<
  Record<string, unknown>,
  {
    readonly upstream?: readonly CallRecord[];
    readonly mappingProblems?: readonly MappingProblemRecord[];
    readonly cost?: {
      readonly estimated: number;
      readonly vendorCalls?: { readonly estimated: Readonly<Record<string, number>> };
    };
  }
>;

/** Extensions are optional in GraphQL. */
interface WireError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Sends an operation to this page's gateway, and requests trace and cost. */
export async function fetchTraced(
  operation: FetcherParams,
  headers: Headers,
): Promise<FetchedOperation> {
  const sentAt = performance.now();
  const isIntrospection = operation.operationName === 'IntrospectionQuery';
  headers.set('accept', 'application/graphql-response+json, application/json');
  headers.set('content-type', 'application/json');
  if (!isIntrospection) {
    headers.set('x-tributary-trace', '1');
    headers.set('x-tributary-cost', '1');
  }
  const body = JSON.stringify({ ...operation, operationName: chosenOperation(operation).name });
  const response = await fetch('/graphql', { method: 'POST', headers, body });
  // The cast is safe: the gateway sends this format, and GraphiQL shows anything else unchanged.
  const traced = (await response.json()) as TracedResult;
  const errors: readonly WireError[] = traced.errors ?? [];
  const refusal = errors.find(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
  if (isIntrospection) return { result: traced, response: undefined, refusal: refusal?.message };

  const { result, ...extracted } = withoutTrace(traced);
  const bytes = new TextEncoder().encode(JSON.stringify(result)).length;
  const ms = performance.now() - sentAt;
  const hasErrors = errors.length > 0;
  return { result, response: { ...extracted, hasErrors, ms, bytes }, refusal: refusal?.message };
}

function withoutTrace({ extensions = {}, ...result }: TracedResult) {
  const { upstream, cost, mappingProblems = [], ...others } = extensions;
  return {
    calls: upstream?.toSorted((a, b) => a.startMs - b.startMs),
    mappingProblems,
    cost: cost && {
      estimated: cost.estimated,
      maxCalls:
        cost.vendorCalls &&
        Object.values(cost.vendorCalls.estimated).reduce((sum, calls) => sum + calls, 0),
    },
    result: Object.keys(others).length > 0 ? { ...result, extensions: others } : result,
  };
}
