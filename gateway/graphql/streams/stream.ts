import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Caller } from '../../../request/caller.ts';
import type { RequestParameters } from '../request-parameters.ts';
import type { ServedContext } from '../served-context.ts';

/** A request for a stream, as its transport read it. Its transport has counted it for the caller's limits. */
export interface StreamRequest {
  readonly client: StreamClient;
  readonly parameters: RequestParameters;
  /** The audience that the path names: `/graphql/<audience>`. */
  readonly pathAudience: string | undefined;
  /** Where to go on: `extensions.resumeFrom`, or the header `Last-Event-ID`. @default from now */
  readonly resumeFrom?: string | undefined;
  /** Receives the context of the request, for its line in the log. @default nothing does */
  readonly onContext?: (context: ServedContext) => void;
  readonly sink: StreamSink;
}

/** A request for a stream that is opened. */
export interface AdmittedRequest extends StreamRequest {
  /** Names the span of the subscription's request, or else that of its client. */
  readonly traceparent: string | undefined;
}

/** Who a stream is for. */
export interface StreamClient {
  readonly caller: Caller;
  /** Of the HTTP request; POST for a message of a WebSocket. */
  readonly method: string;
  /** Of the HTTP request; of a WebSocket those of its upgrade, with the credential that came in `connection_init`. */
  readonly headers: IncomingHttpHeaders;
  /** The client's address, as trusted proxies tell it. */
  readonly ip: string;
  readonly requestId: string;
  /** Its lines have the request's id. */
  readonly log: FastifyBaseLogger;
}

/** What a transport gives to the client of one stream. None of its methods throws. */
export interface StreamSink {
  /** The transport's name in metrics: `websocket`, `sse`, `multipart`. */
  readonly transport: string;
  /** Whether the client reads so slowly that nothing more may be written now; the transport calls `OpenStream.drained` once it may. */
  readonly isFull: boolean;
  next(payload: StreamPayload): void;
  /** Tells the client that the stream lives, and how far it is. */
  heartbeat(cursor: string): void;
  /**
   * Ends the stream.
   * @param errors say why, where it is not the client's wish. Where to resume is in the `extensions.cursor` of each
   */
  end(errors?: readonly GraphQLFormattedError[]): void;
}

/** One answer of a stream. */
export interface StreamPayload {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: StreamExtensions;
}

export interface StreamExtensions {
  /** Where to resume: every change up to here has been sent, or is in this payload. */
  readonly cursor: string;
}

/** A stream as its transport sees it. */
export interface OpenStream {
  /** The client wants no more, or has gone. Nothing is written after this. */
  close(): void;
  /** The client has read enough for more to be written. */
  drained(): void;
}
