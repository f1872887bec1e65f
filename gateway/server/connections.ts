import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../../request/network-address.ts';
import { Newcomers } from './newcomers.ts';

export interface ConnectionLimits {
  /** Maximum number of open connections. */
  readonly max: number;
  /** Maximum number of open connections for one client address or one /64 network of IPv6. Trusted proxies count only towards `max`. */
  readonly maxPerAddress: number;
  /** Maximum unread bytes of responses, for all connections together. */
  readonly maxUnreadBytes: number;
  /** Milliseconds until a client that does not read its response is disconnected. */
  readonly unreadMs: number;
}

export interface ConnectionsOptions {
  /** Whether a request can upgrade its connection to a WebSocket. Other Upgrade headers are ignored: RFC 9110, section 7.8. */
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
  readonly limits: ConnectionLimits;
  readonly isProxy: (address: string) => boolean;
  /** The responses for refused connections. */
  readonly refusals: Readonly<Record<Refusal, string>>;
  /** Called for each connection that this server closes early. */
  readonly onClosed: (reason: CloseReason) => void;
}

export type Refusal = 'address' | 'all';

/**
 * `address`, `all`: a new connection beyond a limit. `idle`: closed to make room for a new one. `unread`: the client does not read its
 * responses. `pipelining`: the client sent too many requests ahead.
 */
export type CloseReason = Refusal | 'idle' | 'unread' | 'pipelining';

/** Time for pending data after the end of a connection; the client need not end it. Milliseconds. */
const GRACE_MS = 1000;

/**
 * Bounds the resources that clients hold by connections: file descriptors, unread responses, bodies of refused requests, pipelined requests.
 *
 * - A new connection beyond `max` replaces one that waits for its client: first the oldest without a successful response, then the one that
 *   has been idle for longest, then the one with the oldest unread response.
 * - Requests of one connection run one after the other (RFC 9112, section 9.3.2), so that at most one response waits for its client.
 * - Requests on connections without a successful response wait in a line ({@link Newcomers}). Trusted proxies are exempt, because they serve
 *   many clients.
 * - A connection whose request is answered before its body has arrived is closed, unless the rest is small.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, Connection>();
  readonly #perAddress = new Map<string, number>();
  // Sets preserve insertion order: the first member is the oldest.
  readonly #unproven = new Set<Connection>();
  readonly #idle = new Set<Connection>();
  readonly #unread = new Set<Connection>();
  readonly #newcomers = new Newcomers();
  #unreadBytes = 0;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** @param server must have the listener of {@link handle} */
  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.#accept(socket);
    });
    server.on('timeout', (socket: Socket) => {
      const connection = this.#open.get(socket);
      if (connection !== undefined && this.#unread.has(connection))
        this.#close(connection, 'unread');
      else if (connection?.isContinuing !== true) socket.destroy();
    });
  }

  /** @returns a listener that passes requests to `listener`, those of one connection one after the other */
  handle(listener: RequestListener): RequestListener {
    return (request, response) => {
      const connection = this.#open.get(request.socket);
      if (connection === undefined) response.destroy();
      else if (connection.request === undefined)
        this.#answer(connection, request, response, listener);
      else if (
        connection.ahead.length < (connection.isProven ? MAX_PIPELINED : MAX_PIPELINED_UNPROVEN)
      )
        connection.ahead.push([request, response]);
      else {
        stopParser(request.socket);
        this.#close(connection, 'pipelining');
      }
    };
  }

  /** Marks a connection as busy while it is open, so that no new one replaces it. For WebSockets of known clients. */
  markBusy(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) this.#markBusy(connection);
  }

  /** Lets a continuing response be silent for any time: it is no sign that its client has disconnected. */
  allowSilence(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.isContinuing = true;
  }

  /** Counts written data of a continuing response as unread from now on. */
  wasWritten(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    this.#wasRead(connection);
    this.#wrote(connection);
  }

  /** Counts the data as read. */
  wasRead(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) this.#wasRead(connection);
  }

  /** Closes connections without a complete request after a grace period, and all others after `answerMs`. */
  drain(answerMs: number): void {
    const end = (connections: Iterable<Connection>) => {
      for (const { socket } of connections) socket.destroy();
    };
    setTimeout(() => {
      end([...this.#unproven, ...this.#idle]);
    }, GRACE_MS).unref();
    setTimeout(() => {
      end(this.#open.values());
    }, answerMs + GRACE_MS).unref();
  }

  #accept(socket: Socket): void {
    const { limits, isProxy } = this.#options;
    const { remoteAddress } = socket;
    // It is already closed.
    if (remoteAddress === undefined) return;
    const address = isProxy(remoteAddress) ? undefined : networkOf(remoteAddress);
    if (address !== undefined && (this.#perAddress.get(address) ?? 0) >= limits.maxPerAddress) {
      this.#refuse(socket, 'address');
      return;
    }
    if (this.#open.size >= limits.max && !this.#makeRoom()) {
      this.#refuse(socket, 'all');
      return;
    }
    const connection = new Connection(socket, address);
    this.#open.set(socket, connection);
    this.#unproven.add(connection);
    if (address !== undefined)
      this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    socket.once('close', () => {
      this.#forget(connection);
    });
    this.#limitUpgrades(connection);
    // Node.js calls this after the last response, and would reset connections with unread bytes.
    socket.destroySoon = () => {
      closeGently(socket, connection.request);
    };
  }

  /**
   * With an upgrade listener, Node.js treats any request with an Upgrade header as an upgrade and does not read its body. Java's HTTP client
   * sends `Upgrade: h2c` with each request.
   */
  #limitUpgrades(connection: Connection): void {
    const { parser }: ParsedSocket = connection.socket;
    const onIncoming = parser?.onIncoming;
    if (!parser || onIncoming === undefined) return;
    parser.onIncoming = (request, ...rest) => {
      if (request.method !== 'CONNECT')
        request.upgrade &&= connection.request === undefined && this.#options.mayUpgrade(request);
      return onIncoming(request, ...rest);
    };
  }

  #refuse(socket: Socket, reason: Refusal): void {
    this.#options.onClosed(reason);
    socket.end(this.#options.refusals[reason]);
    socket.destroySoon();
  }

  /** @returns whether a connection was closed */
  #makeRoom(): boolean {
    for (const waiting of [this.#unproven, this.#idle, this.#unread]) {
      const [oldest] = waiting;
      if (oldest !== undefined) {
        this.#close(oldest, waiting === this.#unread ? 'unread' : 'idle');
        return true;
      }
    }
    return false;
  }

  #close(connection: Connection, reason: CloseReason): void {
    this.#options.onClosed(reason);
    connection.socket.destroy();
    // At once, before the socket's close event.
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    if (!this.#open.delete(connection.socket)) return;
    this.#unproven.delete(connection);
    this.#idle.delete(connection);
    this.#wasRead(connection);
    const { address } = connection;
    if (address === undefined) return;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  #answer(
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    listener: RequestListener,
  ): void {
    connection.request = request;
    if (hasBody(request)) {
      if (isLarge(request)) closeUnlessRead(request, response);
      request.once('end', () => {
        if (connection.request === request) this.#markBusy(connection);
      });
    } else this.#markBusy(connection);
    // The whole response has been passed to the socket.
    response.once('prefinish', () => {
      this.#wrote(connection);
    });
    response.once('close', () => {
      this.#answered(connection, response, listener);
    });
    const { address, isProven } = connection;
    if (isProven || address === undefined) listener(request, response);
    else
      this.#newcomers.add(address, () => {
        if (!response.destroyed) listener(request, response);
      });
  }

  /** Removes it from the connections that wait for their client. */
  #markBusy(connection: Connection): void {
    this.#unproven.delete(connection);
    this.#idle.delete(connection);
  }

  #answered(
    connection: Connection,
    { statusCode }: ServerResponse,
    listener: RequestListener,
  ): void {
    connection.request = undefined;
    connection.isContinuing = false;
    this.#wasRead(connection);
    if (!this.#open.has(connection.socket)) return;
    connection.isProven ||= statusCode < 400;
    const next = connection.ahead.shift();
    if (next !== undefined) this.#answer(connection, ...next, listener);
    else (connection.isProven ? this.#idle : this.#unproven).add(connection);
  }

  #wrote(connection: Connection): void {
    const { socket } = connection;
    const { writableLength } = socket;
    if (writableLength === 0) return;
    connection.unreadBytes = writableLength;
    this.#unreadBytes += writableLength;
    this.#unread.add(connection);
    // Node.js restarts the timeout whenever the client reads.
    socket.setTimeout(this.#options.limits.unreadMs);
    while (this.#unreadBytes > this.#options.limits.maxUnreadBytes) {
      const worst = this.#worstReader();
      if (worst === undefined) return;
      this.#close(worst, 'unread');
    }
  }

  #wasRead(connection: Connection): void {
    if (!this.#unread.delete(connection)) return;
    this.#unreadBytes -= connection.unreadBytes;
    connection.unreadBytes = 0;
  }

  /** The connection with the oldest unread response, of the address with most unread bytes. */
  #worstReader(): Connection | undefined {
    const byAddress = new Map<string | undefined, { readonly oldest: Connection; bytes: number }>();
    let worst: { readonly oldest: Connection; bytes: number } | undefined;
    for (const connection of this.#unread) {
      const known = byAddress.get(connection.address) ?? { oldest: connection, bytes: 0 };
      byAddress.set(connection.address, known);
      known.bytes += connection.unreadBytes;
      if (worst === undefined || known.bytes > worst.bytes) worst = known;
    }
    return worst?.oldest;
  }
}

/** Ends a connection whose client cannot get an HTTP response: sends a last message, and destroys it after a grace period. */
export function endConnection(socket: Socket, response: string): void {
  if (!socket.writable) return;
  socket.end(response);
  // Further data is ignored.
  socket.pause();
  destroyAfterGrace(socket);
}

/** Maximum number of pipelined requests. */
const MAX_PIPELINED = 100;

/** Before the first successful response. */
const MAX_PIPELINED_UNPROVEN = 30;

/**
 * Discards the rest of the read data. Node.js reads 64 kB at a time and creates each of the up to 1,600 requests in them, and then an error
 * for each. Only an error of its parser stops that: llhttp treats -1 from `on_headers_complete` as one. The types omit the parser; without
 * it, the connection is closed later.
 */
function stopParser(socket: ParsedSocket): void {
  if (socket.parser) socket.parser.onIncoming = () => -1;
}

/** A connection with its HTTP parser, which the types omit. */
interface ParsedSocket extends Socket {
  readonly parser?: {
    /** @returns the result of llhttp's `on_headers_complete` */
    onIncoming?: (request: IncomingMessage & { upgrade?: boolean }, ...rest: unknown[]) => number;
  } | null;
}

/** Maximum unread body that is discarded so that the connection can be reused. */
const SMALL_BODY_BYTES = 64 * 1024;

/** Maximum number of bytes read from a client that still sends during its last response. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

class Connection {
  readonly socket: Socket;
  /** Undefined for a proxy, which serves many clients. */
  readonly address: string | undefined;
  readonly ahead: [request: IncomingMessage, response: ServerResponse][] = [];
  /** The current request. */
  request: IncomingMessage | undefined;
  unreadBytes = 0;
  /** Whether its response may be silent for any time. */
  isContinuing = false;
  /** Whether a request has been answered without an error. */
  isProven = false;

  constructor(socket: Socket, address: string | undefined) {
    this.socket = socket;
    this.address = address;
  }
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/** A client that expects 100 Continue can omit the body, and the next request would be read as the body. */
const isLarge = ({ headers }: IncomingMessage) =>
  headers.expect !== undefined || !(Number(headers['content-length']) <= SMALL_BODY_BYTES);

function closeUnlessRead(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  request.once('end', () => {
    if (!response.headersSent) response.removeHeader('connection');
  });
}

/** Sends the response to a client that still sends: RFC 9112, section 9.6. */
function closeGently(socket: Socket, request: IncomingMessage | undefined): void {
  socket.end();
  if (request === undefined || request.complete) {
    if (socket.writableFinished) socket.destroy();
    else
      socket.once('finish', () => {
        socket.destroy();
      });
    return;
  }
  let left = MAX_DISCARDED_BYTES;
  // The parser's listener would read everything.
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.pause();
  });
  socket.resume();
  socket.once('end', () => {
    socket.destroy();
  });
  destroyAfterGrace(socket);
}

function destroyAfterGrace(socket: Socket): void {
  const timer = setTimeout(() => {
    socket.destroy();
  }, GRACE_MS);
  socket.once('close', () => {
    clearTimeout(timer);
  });
}
