import { clientKeyOf } from '../../../request/client-key.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import { describeOperation } from '../log-requests.ts';
import type { AccessDecision } from '../../operation/graph.ts';
import type { JoinedExecution } from './executions.ts';
import type { PendingChange } from './pending-changes.ts';
import type { PreparedStream } from './prepared-stream.ts';
import { runAsRequest } from './stream-context.ts';
import type { StreamDependencies } from './stream-dependencies.ts';
import type { AdmittedRequest } from './stream.ts';

/** The first stream that needs a payload. The execution uses its context. */
export interface PayloadOwner {
  readonly request: AdmittedRequest;
  /** The access of the prepared stream's caller to the subscription. */
  readonly access: AccessDecision;
}

/** Runs a subscription for a change, once for all streams with the same response. The caller is the prepared one, which is part of the key. */
export function joinPayload(
  { server, subscription, shareKey, audience, caller }: PreparedStream,
  { change, last }: PendingChange,
  { request: { client, traceparent }, access }: PayloadOwner,
  { executions, requestTimeoutMs: timeoutMs, signCaller, monitoring, tracing }: StreamDependencies,
): JoinedExecution {
  const { kind, type, id, at } = change;
  const key = JSON.stringify([shareKey, access.name, type, id, kind, at, last.ms, last.seq]);
  const waiting = { trace: createCallTrace(), clientKey: clientKeyOf(caller, client.ip) };
  return executions.join(key, waiting, (signal) => {
    const span = tracing?.beginPayload(traceparent);
    const options = { client, caller, timeoutMs, signCaller, monitoring, span, traceparent };
    return runAsRequest(options, signal, async (context) => {
      context.record.audience = audience;
      const response = await server.executeChange(subscription, { change, access }, context);
      if (response.errors !== undefined)
        context.log.info(describeOperation(context), 'a payload has errors');
      return response;
    });
  });
}
