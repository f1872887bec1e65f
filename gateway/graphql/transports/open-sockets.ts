import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { describeUnexpectedError } from '../../../errors/describe-error.ts';
import { CLOSE, SUBPROTOCOL } from './socket-messages.ts';

/** One of them. */
export interface OpenSocket {
  /** Ends it where its client is gone. */
  checkLiveness(): void;
  /** Closes it once its last operation has ended. */
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
    // One timer for all: thousands would be a load of their own.
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

  /** Closes each socket once its last operation has ended. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#open) connection.drain();
  }
}

/** Between two pings. A client that answers none of two is gone. */
const LIVENESS_CHECK_MS = 10_000;

/** As many as the parameters of an operation need; a body over HTTP may have more. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Of one message: clients send a message in one. */
const MAX_FRAGMENTS = 64;

/** After that, a client that does not answer a close frame is cut off. */
const CLOSE_TIMEOUT_MS = 3000;

/** Not in place where they are used: the types of ws do not know all of them. */
const SERVER_OPTIONS = {
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: MAX_FRAGMENTS,
  closeTimeout: CLOSE_TIMEOUT_MS,
  // Compressed messages would take a window of 32 kB or more for each connection.
  perMessageDeflate: false,
  clientTracking: false,
  // Without it the socket is opened all the same, to be closed with the protocol's own code.
  handleProtocols: (protocols: ReadonlySet<string>) => protocols.has(SUBPROTOCOL) && SUBPROTOCOL,
} as const;

/**
 * Lets routes that say so serve WebSockets. Their requests pass the hooks of all requests before the protocol of the connection changes. Must be called
 * before there are hooks that ask whether a request is one (`request.ws`), and before there are routes.
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
      // What a client did wrong, a message that is too large, has been answered by a close frame.
      if (socket.readyState !== socket.OPEN) return;
      request.log.error({ error: describeUnexpectedError(error) }, 'a WebSocket failed');
      socket.close(CLOSE.internalError, 'Internal server error');
    },
  });
  return sockets;
}
