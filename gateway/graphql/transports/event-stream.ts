import type { FastifyReply, FastifyRequest } from 'fastify';
import { ANONYMOUS_CALLER } from '../../../request/caller.ts';
import type { GraphQLResponse } from '../graphql-server.ts';
import { readParameters } from '../request-parameters.ts';
import type { StreamSink } from '../streams/stream.ts';
import type { Streams } from '../streams/streams.ts';

/** Whether a client wants server-sent events. */
export const acceptsEventStream = (accept: string | undefined): boolean =>
  accept?.includes('text/event-stream') === true;

/**
 * Answers a subscription as server-sent events, in the distinct connections mode of the GraphQL over SSE protocol:
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 * @returns the refusal of a request that gets no stream
 */
export async function serveEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  streams: Streams,
): Promise<GraphQLResponse | undefined> {
  const { raw } = reply;
  const write = (event: string, data: unknown) =>
    raw.write(`event: ${event}\ndata: ${data === undefined ? '' : JSON.stringify(data)}\n\n`);
  const sink: StreamSink = {
    transport: 'sse',
    get isFull() {
      return raw.writableNeedDrain;
    },
    next: (payload) => {
      write('next', payload);
    },
    heartbeat: () => raw.write(':\n\n'),
    end: () => {
      write('complete', undefined);
      raw.end();
    },
  };
  const { audience: named } = request.params as { readonly audience?: string };
  const { headers, ip, id: requestId, log } = request;
  const stream = await streams.open({
    client: { caller: request.caller ?? ANONYMOUS_CALLER, headers, ip, requestId, log },
    parameters: readParameters(request),
    named,
    sink,
  });
  if ('status' in stream) return stream;
  reply.hijack();
  raw.once('close', () => {
    stream.close();
  });
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  raw.flushHeaders();
  return undefined;
}
