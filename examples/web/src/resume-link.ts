import { ApolloLink, CombinedGraphQLErrors, Observable, ServerError } from '@apollo/client';
import {
  CombinedProtocolErrors,
  graphQLResultHasProtocolErrors,
  PROTOCOL_ERRORS_SYMBOL,
} from '@apollo/client/errors';
import { OperationTypeNode } from 'graphql';

/** In front of any link for subscriptions; other operations pass. */
export const createResumeLink = (refetch: () => void, firstPauseMs = 1000) =>
  new ApolloLink((operation, forward) => {
    if (operation.operationType !== OperationTypeNode.SUBSCRIPTION) return forward(operation);
    operation.extensions = { ...operation.extensions };
    return new Observable((observer) => {
      let failures = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let stream: { unsubscribe: () => void } | undefined;
      const open = () => {
        const opened = forward(operation).subscribe({
          next: (result) => {
            if (graphQLResultHasProtocolErrors(result)) {
              opened.unsubscribe();
              end(result.extensions[PROTOCOL_ERRORS_SYMBOL]);
              return;
            }
            failures = 0;
            const cursor: unknown = result.extensions?.['cursor'];
            if (cursor !== undefined) operation.extensions['resumeFrom'] = cursor;
            if (isLoss(result.errors)) refetch();
            else observer.next(result);
          },
          error: end,
          complete: () => {
            observer.complete();
          },
        });
        stream = opened;
      };
      const end = (error: unknown) => {
        if (!canResume(error)) {
          observer.error(error);
          return;
        }
        timer = setTimeout(
          () => {
            open();
            // Without a cursor, the changes since the end are unknown.
            if (operation.extensions['resumeFrom'] === undefined) refetch();
          },
          Math.min(firstPauseMs * 2 ** failures, 30_000),
        );
        failures += 1;
      };
      open();
      return () => {
        clearTimeout(timer);
        stream?.unsubscribe();
      };
    });
  });

interface StreamError {
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const isLoss = (errors: readonly StreamError[] = []) =>
  errors.some(({ extensions }) => extensions?.['code'] === 'EVENTS_LOST');

/** Errors of the network can pass; so can those that say so, and an expired token, if a new one is sent. */
function canResume(error: unknown): boolean {
  if (ServerError.is(error)) return error.statusCode === 429 || error.statusCode >= 500;
  if (!CombinedGraphQLErrors.is(error) && !CombinedProtocolErrors.is(error)) return true;
  const errors: readonly StreamError[] = error.errors;
  return errors.every(
    ({ extensions }) =>
      extensions?.['retryable'] === true || extensions?.['code'] === 'TOKEN_EXPIRED',
  );
}
