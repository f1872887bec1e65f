import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { describeUnexpectedError } from '../../../errors/describe-error.ts';
import { CLOSE, SUBPROTOCOL } from './socket-messages.ts';

/** An open WebSocket. */
export interface OpenSocket {
  /** Terminates the socket if its client does not respond. */
  checkLiveness(): void;
  /** Closes the socket after its last operation. */
  drain(): void;
}

/** The WebSockets of a process. */
export class OpenSockets {
  readonly #open = new Set<OpenSocket>();
  #timer: NodeJS.Timeout | undefined;
  #isDraining = false;

  get size(): number {
    return this.#open.size;
  }

  add(connection: OpenSocket): void {
    this.#open.add(connection);
    if (this.#isDraining) connection.drain();
    // One timer for all: thousands would be a load.
    this.#timer ??= setInterval(() => {
      for (const one of this.#open) one.checkLiveness();
    }, LIVENESS_CHECK_MS).unref();
  }

  remove(connection: OpenSocket): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Closes each socket after its last operation. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#open) connection.drain();
  }
}

/** Between two pings. A client that misses two has disconnected. */
const LIVENESS_CHECK_MS = 10_000;

/** Enough for the parameters of an operation. A body over HTTP may have more. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** In one message. Clients send a message in one fragment. */
const MAX_FRAGMENTS = 64;

/** After this time, the connection of a client that does not answer a close frame is terminated. */
const CLOSE_TIMEOUT_MS = 3000;

/** A constant, because the types of ws lack some of these options. */
const SERVER_OPTIONS = {
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: MAX_FRAGMENTS,
  closeTimeout: CLOSE_TIMEOUT_MS,
  // Compression would take a window of 32 kB or more per connection.
  perMessageDeflate: false,
  clientTracking: false,
  // Without the subprotocol, the socket opens and is closed with the protocol's own code.
  handleProtocols: (protocols: ReadonlySet<string>) => protocols.has(SUBPROTOCOL) && SUBPROTOCOL,
} as const;

/**
 * Enables WebSockets for routes with a `wsHandler`. Their requests pass all hooks before the upgrade. Call it before adding routes, and
 * before hooks that read `request.ws`.
 */
export async function acceptWebSockets(app: FastifyInstance): Promise<OpenSockets> {
  const sockets = new OpenSockets();
  await app.register(websocket, {
    options: SERVER_OPTIONS,
    preClose: (done) => {
      sockets.drain();
      done();
    },
    errorHandler: (error, socket, request) => {
      // A client error, such as a message that is too large, already caused a close frame.
      if (socket.readyState !== socket.OPEN) return;
      request.log.error({ error: describeUnexpectedError(error) }, 'a WebSocket failed');
      socket.close(CLOSE.internalError, 'Internal server error');
    },
  });
  return sockets;
}
