import type { FetcherParams } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import type { CallRecord } from '../../request/request-scope.ts';

/** What the panel shows of an answer. */
export interface TracedResponse {
  /** The calls in the order in which they began; undefined where the gateway gives no trace, as in production. */
  readonly calls: readonly CallRecord[] | undefined;
  /** Milliseconds from sending the operation to its parsed answer. */
  readonly ms: number;
  /** Bytes of the answer that any client would get, without the trace. */
  readonly bytes: number;
}

type TracedResult = ExecutionResult<
  Record<string, unknown>,
  { readonly upstream?: readonly CallRecord[] }
>;

/** Asks the gateway that served this page. The trace is taken out of the result: what is left is what every client gets. */
export async function fetchTraced(
  operation: FetcherParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly result: ExecutionResult; readonly answer: TracedResponse | undefined }> {
  const sentAt = performance.now();
  const isIntrospection = operation.operationName === 'IntrospectionQuery';
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...(!isIntrospection && { 'x-tributary-trace': '1' }),
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  // A cast: this is the gateway's own answer, and GraphiQL shows whatever else may come as it is.
  const traced = (await response.json()) as TracedResult;
  if (isIntrospection) return { result: traced, answer: undefined };

  const { calls, result } = withoutTrace(traced);
  const bytes = new TextEncoder().encode(JSON.stringify(result)).length;
  return { result, answer: { calls, ms: performance.now() - sentAt, bytes } };
}

function withoutTrace({ extensions = {}, ...result }: TracedResult) {
  const { upstream, ...others } = extensions;
  return {
    calls: upstream?.toSorted((a, b) => a.startMs - b.startMs),
    result: Object.keys(others).length > 0 ? { ...result, extensions: others } : result,
  };
}
