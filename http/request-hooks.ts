import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyBaseLogger } from 'fastify';
import { describeUnexpectedError } from './describe-error.ts';
import { requireOperation } from './operation-choice.ts';
import { createSizeLimit } from './operation-size.ts';
import { setPlainJsonStatus } from './plain-json-status.ts';
import type { ServedContext } from './served-context.ts';
import { reportUpstreamCalls } from './upstream-report.ts';

export interface RequestHookOptions {
  readonly production: boolean;
  readonly log: FastifyBaseLogger;
}

/**
 * What is ours in Apollo Server's life of a request, in one plug-in that is the same for all requests: at each step Apollo
 * Server waits for each plug-in.
 */
export function createRequestHooks({ production, log }: RequestHookOptions): ApolloServerPlugin<ServedContext> {
  const limitSize = createSizeLimit();
  const listener: RequestListener = Promise.resolve({
    didResolveOperation: (request) => {
      limitSize(request, requireOperation(request));
      return DONE;
    },
    willSendResponse: (response) => {
      setPlainJsonStatus(response);
      if (!production) reportUpstreamCalls(response);
      return DONE;
    },
  });
  return {
    requestDidStart: () => listener,
    unexpectedErrorProcessingRequest: ({ error }) => {
      log.error({ error: describeUnexpectedError(error) }, 'a request failed');
      return DONE;
    },
  };
}

type RequestListener = ReturnType<NonNullable<ApolloServerPlugin<ServedContext>['requestDidStart']>>;

const DONE = Promise.resolve();
