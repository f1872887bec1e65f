import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../../../errors/coded-error.ts';
import type { GraphQLResponse } from '../graphql-server.ts';
import { negotiate, PLAIN } from '../response-format.ts';
import { type AcceptedStream, acceptedStream } from './accepted-transport.ts';
import { EVENT_STREAM } from './event-stream.ts';
import { HttpStream, streamHeaders } from './http-stream.ts';
import { MULTIPART } from './multipart.ts';
import { findSubscription, type OpenWith, type StreamOptions } from './open-stream.ts';
import { refuseForeignHost } from './own-host.ts';

export interface ServeStreamOptions extends StreamOptions {
  /** The URL of this server for clients. @default unknown */
  readonly publicUrl?: string | undefined;
  /** Executes a query or a mutation. */
  readonly respondOnce: (request: FastifyRequest, reply: FastifyReply) => Promise<SingleResponse>;
}

/** The response to a query or a mutation, written as JSON. */
export interface SingleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends with a line break. */
  readonly body: string;
  readonly response: Pick<GraphQLResponse, 'status' | 'data' | 'errors'>;
}

const FORMATS = { sse: EVENT_STREAM, multipart: MULTIPART } as const;

/**
 * Handles a request whose client accepts a stream.
 * @returns the body of a single response, or the reply of a stream; undefined if the client accepts no stream
 */
export function createStreamRoute(options: ServeStreamOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const accepted = acceptedStream(request.headers.accept);
    if (accepted === undefined) return undefined;
    const subscription = await findSubscription(request, options);
    if (subscription !== undefined) {
      const refusal = refuseForeignHost(request, options.publicUrl);
      if (refusal !== undefined) throw new CodedError('FORBIDDEN', refusal);
      return await respondWithStream(subscription, accepted, request, reply);
    }
    return writeOnce(await options.respondOnce(request, reply), accepted, reply);
  };
}

async function respondWithStream(
  open: OpenWith,
  accepted: AcceptedStream,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const format = FORMATS[accepted.transport];
  // HEAD gets the headers, and no stream is opened. For an empty text, Fastify would set a content length, which a stream does not have.
  if (request.method === 'HEAD')
    return reply.headers(streamHeaders(format)).send(Readable.from([]));
  const stream = new HttpStream(format, reply, request.admission?.headers() ?? {});
  const opened = await open(stream);
  // An open stream does not count as a request in progress: streams have their own limit.
  request.admission?.leave();
  if (!('status' in opened)) {
    request.isStream = true;
    stream.attach(opened);
    return reply;
  }
  const { errors } = opened;
  const { contentType, statusOf } = negotiate(request.headers.accept) ?? PLAIN;
  return writeOnce(
    {
      status: statusOf(opened.status, errors ?? []),
      headers: { ...opened.headers, 'content-type': contentType },
      body: `${JSON.stringify({ errors })}\n`,
      response: opened,
    },
    accepted,
    reply,
  );
}

/** A client that prefers a stream gets the GraphQL result in it. An HTTP error, such as a malformed request or a rate limit, has a status. */
function writeOnce(
  { status, headers, body, response }: SingleResponse,
  { transport, isPreferredToJson }: AcceptedStream,
  reply: FastifyReply,
): unknown {
  void reply.headers(headers);
  if (!isPreferredToJson || !isOperationResult(response)) {
    void reply.code(status);
    // For an empty text, Fastify would set the content type.
    return body === '' ? reply.send() : body;
  }
  const format = FORMATS[transport];
  void reply.code(200).headers(streamHeaders(format));
  return format.begin + format.next(body.trimEnd()) + format.end();
}

function isOperationResult({ status, data, errors = [] }: SingleResponse['response']): boolean {
  return (
    data !== undefined ||
    (status <= 400 && errors.every(({ extensions }) => extensions?.['code'] !== 'BAD_REQUEST'))
  );
}
