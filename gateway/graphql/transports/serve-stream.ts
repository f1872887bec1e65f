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
  /** Where clients reach this server. @default unknown */
  readonly publicUrl?: string | undefined;
  /** Answers what is no subscription. */
  readonly respondOnce: (request: FastifyRequest, reply: FastifyReply) => Promise<SingleResponse>;
}

/** The answer of a query or a mutation, written as JSON. */
export interface SingleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** With a line break at its end. */
  readonly body: string;
  readonly response: Pick<GraphQLResponse, 'status' | 'data' | 'errors'>;
}

const FORMATS = { sse: EVENT_STREAM, multipart: MULTIPART } as const;

/**
 * Answers a request whose client accepts a stream.
 * @returns the body of a response that is no stream, or the reply; undefined where the client accepts none
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
  // The client learns what it would get, and nothing is opened for it.
  if (request.method === 'HEAD') return reply.headers(streamHeaders(format)).send('');
  const stream = new HttpStream(format, reply, request.admission?.headers() ?? {});
  const opened = await open(stream);
  // An open stream is none of the requests that a caller may have in progress: streams have a limit of their own.
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

/** A client that prefers a stream gets what GraphQL says of its operation in it; what HTTP says, that the request is wrong or too much, has a status. */
function writeOnce(
  { status, headers, body, response }: SingleResponse,
  { transport, isPreferredToJson }: AcceptedStream,
  reply: FastifyReply,
): unknown {
  void reply.headers(headers);
  if (!isPreferredToJson || !isOperationResult(response)) {
    void reply.code(status);
    return body;
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
