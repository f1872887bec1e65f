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
      let hasGap = false;
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
            // Read again for each connection of a WebSocket.
            Object.assign(operation.extensions, cursorOf(result));
            if (hasGap || isLoss(result.errors)) refetch();
            hasGap = false;
            if (!isLoss(result.errors)) observer.next(result);
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
        for (const one of errorsOf(error)) Object.assign(operation.extensions, cursorOf(one));
        hasGap ||= operation.extensions['resumeFrom'] === undefined;
        timer = setTimeout(open, Math.min(firstPauseMs * 2 ** failures, 30_000));
        failures += 1;
      };
      open();
      return () => {
        clearTimeout(timer);
        stream?.unsubscribe();
      };
    });
  });

interface Extended {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

const cursorOf = ({ extensions }: Extended) =>
  extensions?.['cursor'] === undefined ? {} : { resumeFrom: extensions['cursor'] };

const isLoss = (errors: readonly Extended[] = []) =>
  errors.some(({ extensions }) => extensions?.['code'] === 'EVENTS_LOST');

const errorsOf = (error: unknown): readonly Extended[] =>
  CombinedGraphQLErrors.is(error) || CombinedProtocolErrors.is(error) ? error.errors : [];

/** The network can recover. Errors say whether they can pass; so can a fault, and an expired token, if a new one is sent. */
function canResume(error: unknown): boolean {
  if (ServerError.is(error)) return error.statusCode === 429 || error.statusCode >= 500;
  return errorsOf(error).every(
    ({ extensions }) =>
      extensions?.['retryable'] === true ||
      extensions?.['code'] === 'TOKEN_EXPIRED' ||
      extensions?.['code'] === 'INTERNAL_SERVER_ERROR',
  );
}
