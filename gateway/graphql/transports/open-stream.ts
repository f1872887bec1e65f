import { OperationTypeNode } from 'graphql';
import { ANONYMOUS_CALLER } from '../../../request/caller.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import { CodedError } from '../../../errors/coded-error.ts';
import type { GraphQLResponse } from '../graphql-server.ts';
import { readParameters, type RequestParameters } from '../request-parameters.ts';
import { RequestRecord } from '../request-record.ts';
import type { OperationRequest } from '../request-scope.ts';
import type { ServedContext } from '../served-context.ts';
import type { CurrentGraph } from '../served-graph.ts';
import type { OpenStream, StreamClient, StreamSink } from '../streams/stream.ts';
import type { Streams } from '../streams/streams.ts';

export interface StreamOptions {
  readonly graphs: CurrentGraph;
  readonly streams: Streams;
  readonly requestTimeoutMs: number;
}

/** Opens the stream of a subscription. */
export type OpenWith = (sink: StreamSink) => Promise<OpenStream | GraphQLResponse>;

/**
 * Finds the subscription of a request, over HTTP or a WebSocket.
 * @returns undefined if it is not a subscription, or an invalid one, whose errors are a single response
 */
export async function findSubscription(
  request: OperationRequest,
  options: StreamOptions,
): Promise<OpenWith | undefined> {
  const { method, params, caller, headers, ip, id: requestId, log } = request;
  const { audience: pathAudience } = params as { readonly audience?: string };
  const client = { caller: caller ?? ANONYMOUS_CALLER, method, headers, ip, requestId, log };
  const parameters = await readSubscriptionParameters(request, client, pathAudience, options);
  if (parameters === undefined) return undefined;
  const onContext = (context: ServedContext) => {
    request.served = context;
  };
  return (sink) => {
    const resumeFrom = resumeCursor(sink, headers) ?? parameters.resumeFrom;
    return options.streams.open({ client, parameters, pathAudience, resumeFrom, sink, onContext });
  };
}

/** `EventSource` reconnects with its original parameters and this header, which is newer. A WebSocket has many streams, so it has no such header. */
function resumeCursor(
  { transport }: StreamSink,
  { 'last-event-id': lastEventId }: StreamClient['headers'],
): string | undefined {
  if (transport === 'websocket' || typeof lastEventId !== 'string') return undefined;
  return lastEventId === '' ? undefined : lastEventId;
}

async function readSubscriptionParameters(
  request: OperationRequest,
  client: StreamClient,
  pathAudience: string | undefined,
  { graphs, requestTimeoutMs }: StreamOptions,
): Promise<RequestParameters | undefined> {
  try {
    const parameters = readParameters(request);
    const { server } = await graphs.value.serverFor(client.caller, pathAudience);
    const type = await server.operationType(
      { ...parameters, allowsMutations: true },
      {
        record: new RequestRecord(),
        scope: {
          signal: AbortSignal.timeout(requestTimeoutMs),
          trace: createCallTrace(),
          clientKey: clientKeyOf(client.caller, client.ip),
        },
      },
    );
    return type === OperationTypeNode.SUBSCRIPTION ? parameters : undefined;
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
