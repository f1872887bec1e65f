import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../../request/network-address.ts';
import { Newcomers } from './newcomers.ts';

export interface ConnectionLimits {
  /** Open connections. */
  readonly max: number;
  /** Open connections of one client address, or of one /64 network of IPv6; those of trusted proxies count in all alone. */
  readonly maxPerAddress: number;
  /** Bytes of answers that clients have not read yet, of all connections together. */
  readonly maxUnreadBytes: number;
  /** Milliseconds after which a client that reads nothing of its answer is gone. */
  readonly unreadMs: number;
}

export interface ConnectionsOptions {
  /** Whether a request may change the protocol of its connection, to that of a WebSocket. The Upgrade header of any other is ignored: RFC 9110, section 7.8. */
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
  readonly limits: ConnectionLimits;
  readonly isProxy: (address: string) => boolean;
  /** What a client gets whose connection is refused. */
  readonly refusals: Readonly<Record<Refusal, string>>;
  /** Called for each connection that is closed against its client's will. */
  readonly onClosed: (reason: CloseReason) => void;
}

export type Refusal = 'address' | 'all';

/**
 * `address`, `all`: a new connection beyond a limit. `idle`: made room for a new one. `unread`: its client does not read its answers.
 * `pipelining`: its client sent too many requests ahead.
 */
export type CloseReason = Refusal | 'idle' | 'unread' | 'pipelining';

/** A connection that has been ended stays so long for what is under way; its client need not end it too. */
const GRACE_MS = 1000;

/**
 * Bounds what clients can hold by connections alone: descriptors, answers that they do not read, bodies of refused requests, requests sent ahead.
 *
 * - A new connection beyond the limit in all takes the place of one that waits for its client: of those that were never answered well the oldest,
 *   then the one that has been idle for longest, then the one that has left its answer unread for longest.
 * - Requests of one connection are answered one after the other (RFC 9112, section 9.3.2), so that no more than one answer waits for its client.
 * - Requests on connections without a successful response so far wait for each other ({@link Newcomers}); those of trusted proxies do not, as
 *   they bring many clients.
 * - A connection whose request is answered before its body is here is closed, unless the rest is small.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, Connection>();
  readonly #perAddress = new Map<string, number>();
  // A set keeps the order in which its members came: the first one has been there for longest.
  readonly #unproven = new Set<Connection>();
  readonly #idle = new Set<Connection>();
  readonly #unread = new Set<Connection>();
  readonly #newcomers = new Newcomers();
  #unreadBytes = 0;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** @param server has the listener of {@link handle} */
  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.#accept(socket);
    });
    server.on('timeout', (socket: Socket) => {
      const connection = this.#open.get(socket);
      if (connection !== undefined && this.#unread.has(connection))
        this.#close(connection, 'unread');
      else socket.destroy();
    });
  }

  /** @returns a listener that hands requests to `listener`, those of one connection one after the other. */
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

  /** A connection is in use for as long as it is open: no new one takes its place. For WebSockets of known clients. */
  keep(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) this.#markBusy(connection);
  }

  /** Some of a response that goes on waits for its client, which counts as unread from now on. */
  wasWritten(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    this.#wasRead(connection);
    this.#wrote(connection);
  }

  /** Its client has read it. */
  wasRead(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) this.#wasRead(connection);
  }

  /** Ends connections without a whole request after a grace, and all that are left after `answerMs`. */
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
    // It has gone already.
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
    // Node.js ends connections by this method once their last answer is written, and would reset those with bytes that it has not read.
    socket.destroySoon = () => {
      closeGently(socket, connection.request);
    };
  }

  /**
   * With a listener for upgrades, Node.js takes the connection of any request with an Upgrade header out of HTTP, and never reads its body: Java's HTTP
   * client sends `Upgrade: h2c` with each.
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

  /** @returns whether there is room now */
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
    // At once, and not when the socket has told so.
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
    // All of the answer has been handed to the socket.
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

  /** It does not wait for its client. */
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
    // Node.js starts the time again whenever some of it was taken.
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

  /** Of the address that leaves most unread, the connection that has done so for longest. */
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

/** Ends a connection whose client cannot be answered as HTTP: with some last words, and for good after a grace. */
export function endConnection(socket: Socket, lastWords: string): void {
  if (!socket.writable) return;
  socket.end(lastWords);
  // What else comes is of no use.
  socket.pause();
  destroyAfterGrace(socket);
}

/** Requests that a client has sent ahead while one is being answered. */
const MAX_PIPELINED = 100;

/** Before the first successful response. */
const MAX_PIPELINED_UNPROVEN = 30;

/**
 * Discards the rest of what has been read. Node.js reads 64 kB at a time, creates each request in them, some 1,600, and then an error for each.
 * Only an error of its parser stops that: -1 is one for `on_headers_complete` of llhttp. The types omit the parser, and a connection is closed
 * without this too, but later.
 */
function stopParser(socket: ParsedSocket): void {
  if (socket.parser) socket.parser.onIncoming = () => -1;
}

/** A connection with its HTTP parser, which the types omit. */
interface ParsedSocket extends Socket {
  readonly parser?: {
    /** @returns what llhttp's `on_headers_complete` is to return */
    onIncoming?: (request: IncomingMessage & { upgrade?: boolean }, ...rest: unknown[]) => number;
  } | null;
}

/** Of an unread body, so much is discarded, so that the connection can be used again; more is not waited for. */
const SMALL_BODY_BYTES = 64 * 1024;

/** Bytes that are taken from a client that still sends while it gets its last answer. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

class Connection {
  readonly socket: Socket;
  /** Undefined for a proxy, which brings many clients. */
  readonly address: string | undefined;
  readonly ahead: [request: IncomingMessage, response: ServerResponse][] = [];
  /** The one that is being answered. */
  request: IncomingMessage | undefined;
  unreadBytes = 0;
  /** Whether a request of it was answered without an error. */
  isProven = false;

  constructor(socket: Socket, address: string | undefined) {
    this.socket = socket;
    this.address = address;
  }
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/** A client that expects to be told to go on may leave the body out, so that the next request would be taken for it. */
const isLarge = ({ headers }: IncomingMessage) =>
  headers.expect !== undefined || !(Number(headers['content-length']) <= SMALL_BODY_BYTES);

function closeUnlessRead(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  request.once('end', () => {
    if (!response.headersSent) response.removeHeader('connection');
  });
}

/** A client that still sends gets its answer all the same: RFC 9112, section 9.6. */
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
  // The parser's, which would read it all.
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
