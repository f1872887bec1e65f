import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { OpenStream, StreamPayload, StreamSink } from '../streams/stream.ts';
import type { StreamFormat } from './stream-format.ts';

/** What a proxy has to know of a stream: it keeps nothing back, compresses nothing and stores nothing. */
const STREAM_HEADERS = {
  'cache-control': 'no-cache, no-transform, private, no-store',
  // nginx and others that follow it.
  'x-accel-buffering': 'no',
} as const;

export const streamHeaders = ({ contentType }: StreamFormat) => ({
  ...STREAM_HEADERS,
  'content-type': contentType,
});

/**
 * A stream as an HTTP response. It is written past Fastify, whose `send` would hold half as much memory again for each stream; the headers that hooks
 * have set are copied. The response begins with the first thing that is written, as a request may be refused until then.
 */
export class HttpStream implements StreamSink {
  readonly #format: StreamFormat;
  readonly #reply: FastifyReply;
  readonly #headers: OutgoingHttpHeaders;
  #stream: OpenStream | undefined;

  /** @param headers are those that hooks would add when Fastify sends the response */
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

  /** The stream is open; from here on it hears of the client. */
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
    // Whoever reads nothing must not look alive: a connection without progress is closed.
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
