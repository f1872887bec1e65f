import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { FastifyBaseLogger } from 'fastify';
import type { CostCheck } from './cost-check.ts';
import { describeUnexpectedError } from './describe-error.ts';
import type { KnownOperations } from './known-operations.ts';
import { logErrors } from './log-errors.ts';
import { requireOperation } from './operation-choice.ts';
import { setPlainJsonStatus } from './plain-json-status.ts';
import type { ServedContext } from './served-context.ts';
import { COST_HEADER, reportUpstreamCalls, TRACE_HEADER, UPSTREAM_CALLS_HEADER } from './upstream-report.ts';

export interface RequestHookOptions {
  readonly production: boolean;
  readonly log: FastifyBaseLogger;
  readonly costs: CostCheck;
  /** Gets each operation that is valid. */
  readonly known: KnownOperations;
  /** Whether the operator expects a text. */
  readonly isListed: (text: string) => boolean;
}

/**
 * What is ours in Apollo Server's life of a request, in one plug-in that is the same for all requests: at each step Apollo
 * Server waits for each plug-in.
 */
export function createRequestHooks(options: RequestHookOptions): ApolloServerPlugin<ServedContext> {
  const { production, log, costs, known, isListed } = options;
  const listener: RequestListener = Promise.resolve({
    didResolveOperation: async (asked) => {
      const operation = requireOperation(asked);
      asked.contextValue.record.resolve(operation.name?.value ?? null, operation.operation);
      const refusal = await costs.refuse({ ...asked, operation }, asked.request.variables ?? {}, asked.contextValue);
      if (refusal !== undefined) throw refusal;
      const added = known.add(asked, operation, isListed(asked.source));
      if (!added.isListed) asked.contextValue.record.surprise(added.queryHash);
    },
    willSendResponse: (answer) => {
      setPlainJsonStatus(answer);
      recordAnswer(answer);
      addUpstreamReport(answer, production);
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

function recordAnswer({ errors, response, contextValue: { record, log } }: GraphQLRequestContextWillSendResponse<ServedContext>): void {
  if (response.body.kind !== 'single') return;
  const { singleResult } = response.body;
  logErrors(log, errors, singleResult.errors);
  record.answer(singleResult.data, singleResult.errors);
}

function addUpstreamReport(answer: GraphQLRequestContextWillSendResponse<ServedContext>, production: boolean): void {
  const { request, response, contextValue } = answer;
  const traceHeader = request.http?.headers.get(TRACE_HEADER);
  const costHeader = request.http?.headers.get(COST_HEADER);
  const { callCount, extensions } = reportUpstreamCalls(contextValue, { traceHeader, costHeader, production });
  if (callCount !== undefined) response.http.headers.set(UPSTREAM_CALLS_HEADER, callCount);
  if (extensions === undefined || response.body.kind !== 'single') return;
  const { singleResult } = response.body;
  singleResult.extensions = { ...singleResult.extensions, ...extensions };
}
