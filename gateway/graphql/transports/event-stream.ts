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
  const write = (event: string, data: unknown, id?: string) =>
    raw.write(
      `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data === undefined ? '' : JSON.stringify(data)}\n\n`,
    );
  const sink: StreamSink = {
    transport: 'sse',
    get isFull() {
      return raw.writableNeedDrain;
    },
    next: (payload) => {
      write('next', payload, payload.extensions.cursor);
    },
    heartbeat: (cursor) => raw.write(`:\nid: ${cursor}\n\n`),
    end: (errors) => {
      if (errors !== undefined) write('next', { errors });
      write('complete', undefined);
      raw.end();
    },
  };
  const { audience: named } = request.params as { readonly audience?: string };
  const { headers, ip, id: requestId, log } = request;
  const parameters = readParameters(request);
  const { 'last-event-id': lastEventId } = headers;
  const resumeFrom =
    parameters.resumeFrom ?? (typeof lastEventId === 'string' ? lastEventId : undefined);
  const stream = await streams.open({
    client: { caller: request.caller ?? ANONYMOUS_CALLER, headers, ip, requestId, log },
    parameters,
    named,
    resumeFrom,
    sink,
  });
  if ('status' in stream) return stream;
  reply.hijack();
  raw.once('close', () => {
    stream.close();
  });
  raw.on('drain', () => {
    stream.drained();
  });
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  raw.flushHeaders();
  return undefined;
}
