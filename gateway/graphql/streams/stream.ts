import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Caller } from '../../../request/caller.ts';
import type { RequestParameters } from '../request-parameters.ts';
import type { ServedContext } from '../served-context.ts';

/** A request for a stream, from its transport. The transport has counted it for the caller's limits. */
export interface StreamRequest {
  readonly client: StreamClient;
  readonly parameters: RequestParameters;
  /** The audience in the path: `/graphql/<audience>`. */
  readonly pathAudience: string | undefined;
  /** The cursor to resume from: `extensions.resumeFrom`, or the header `Last-Event-ID`. @default from now */
  readonly resumeFrom?: string | undefined;
  /** Receives the context of the request, for its log line. @default ignored */
  readonly onContext?: (context: ServedContext) => void;
  readonly sink: StreamSink;
}

/** An admitted request for a stream. */
export interface AdmittedRequest extends StreamRequest {
  /** The span of the subscription's request, or of its client. */
  readonly traceparent: string | undefined;
}

/** The client of a stream. */
export interface StreamClient {
  readonly caller: Caller;
  /** The method of the HTTP request; POST on a WebSocket. */
  readonly method: string;
  /** The headers of the HTTP request; on a WebSocket those of the upgrade, with the credential of `connection_init`. */
  readonly headers: IncomingHttpHeaders;
  /** The client's address, according to trusted proxies. */
  readonly ip: string;
  readonly requestId: string;
  /** Adds the request's id to each line. */
  readonly log: FastifyBaseLogger;
}

/** The output of one stream, implemented by a transport. Its methods do not throw. */
export interface StreamSink {
  /** The transport's name in metrics: `websocket`, `sse`, `multipart`. */
  readonly transport: string;
  /** Whether the write buffer is full. The transport calls `OpenStream.drained` when it has space. */
  readonly isFull: boolean;
  next(payload: StreamPayload): void;
  /** Sends a message without content, with the cursor. */
  heartbeat(cursor: string): void;
  /**
   * Ends the stream.
   * @param errors are absent if the client ended it. The `extensions.cursor` of each is where to resume
   */
  end(errors?: readonly GraphQLFormattedError[]): void;
}

/** One message of a stream. */
export interface StreamPayload {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: StreamExtensions;
}

export interface StreamExtensions {
  /** The cursor to resume from: all changes up to it were sent, or are in this payload. */
  readonly cursor: string;
}

/** The transport's handle of an open stream. */
export interface OpenStream {
  /** The client completed the subscription or disconnected. Nothing is written after this. */
  close(): void;
  /** The write buffer has space again. */
  drained(): void;
}
