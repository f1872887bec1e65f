import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { OpenStream, StreamPayload, StreamSink } from '../streams/stream.ts';
import type { StreamFormat } from './stream-format.ts';

/** Prevents proxies from buffering, compressing and caching a stream. */
const STREAM_HEADERS = {
  'cache-control': 'no-cache, no-transform, private, no-store',
  // For nginx and compatible proxies.
  'x-accel-buffering': 'no',
} as const;

export const streamHeaders = ({ contentType }: StreamFormat) => ({
  ...STREAM_HEADERS,
  'content-type': contentType,
});

/**
 * A stream as an HTTP response. It bypasses Fastify's `send`, which would take 50 % more memory per stream; the headers of hooks are
 * copied. The response begins with the first write, because the request can be refused until then.
 */
export class HttpStream implements StreamSink {
  readonly #format: StreamFormat;
  readonly #reply: FastifyReply;
  readonly #headers: OutgoingHttpHeaders;
  #stream: OpenStream | undefined;

  /** @param headers are those that hooks add when Fastify sends a response */
  constructor(format: StreamFormat, reply: FastifyReply, headers: OutgoingHttpHeaders) {
    this.#format = format;
    this.#reply = reply;
    this.#headers = headers;
  }

  get transport(): string {
    return this.#format.transport;
  }

  get isFull(): boolean {
    return this.#response.writableNeedDrain;
  }

  /** Connects the open stream to the events of the response. */
  attach(stream: OpenStream): void {
    this.#stream = stream;
    this.#begin();
    const response = this.#response;
    if (response.destroyed || response.writableEnded) {
      stream.close();
      return;
    }
    response.on('drain', () => {
      this.#connections.wasRead(this.#reply.request.raw.socket);
      stream.drained();
    });
    response.once('close', () => {
      stream.close();
    });
  }

  next(payload: StreamPayload): void {
    this.#write(this.#format.next(JSON.stringify(payload), payload.extensions.cursor));
  }

  heartbeat(cursor: string): void {
    // If the client does not read, a heartbeat must not count as progress: a connection without progress is closed.
    if (!this.isFull) this.#write(this.#format.heartbeat(cursor));
  }

  end(errors?: readonly GraphQLFormattedError[]): void {
    this.#write(this.#format.end(errors));
    this.#response.end();
    this.#stream?.close();
  }

  get #response(): ServerResponse {
    return this.#reply.raw;
  }

  get #connections() {
    return this.#reply.server.connections;
  }

  #begin(): void {
    const response = this.#response;
    if (response.headersSent) return;
    this.#reply.hijack();
    // A cast: Fastify's headers are Node's, or undefined.
    const set = this.#reply.getHeaders() as OutgoingHttpHeaders;
    this.#connections.allowSilence(this.#reply.request.raw.socket);
    response.writeHead(200, { ...set, ...this.#headers, ...streamHeaders(this.#format) });
    response.write(this.#format.begin);
  }

  #write(text: string): void {
    this.#begin();
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (!response.write(text)) this.#connections.wasWritten(this.#reply.request.raw.socket);
  }
}
