import type { FetcherParams } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql-ws';
import { chosenOperation } from './chosen-operation.ts';
import { createLiveSocket, refusalIn, toErrors } from './live-socket.ts';

/**
 * Runs a subscription over its own WebSocket, until it ends or the reader returns.
 * @param onAccess is called with the reason if the gateway refuses the credential, or with undefined when it has accepted it
 */
export function subscribe(
  operation: FetcherParams,
  headers: Headers,
  onAccess: (refusal: string | undefined) => void,
): AsyncIterable<ExecutionResult> {
  let wasConnected = false;
  const socket = createLiveSocket(headers, {
    // The user sees the end of the subscription and can run it again.
    retryAttempts: 0,
    on: {
      connected: () => {
        wasConnected = true;
        onAccess(undefined);
      },
    },
  });
  const results = socket.iterate({ ...operation, operationName: chosenOperation(operation).name });
  const iterator: AsyncIterator<ExecutionResult> = {
    next: async () => {
      try {
        // The cast is safe: GraphiQL shows the JSON results.
        return (await results.next()) as IteratorResult<ExecutionResult>;
      } catch (reason) {
        const errors = toErrors(reason, wasConnected);
        const refusal = refusalIn(errors);
        if (refusal !== undefined) onAccess(refusal);
        return { value: { errors } as ExecutionResult };
      }
    },
    // Not a generator: its return would wait for the next change.
    return: async () => {
      await results.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
