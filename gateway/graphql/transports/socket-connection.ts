import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { WebSocket } from '@fastify/websocket';
import { CodedError } from '../../../errors/coded-error.ts';
import { describeUnexpectedError } from '../../../errors/describe-error.ts';
import { INTERNAL_ERROR } from '../../../errors/visible-error.ts';
import type { Monitoring } from '../../../monitoring/monitoring.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import type { ResponseEnding } from '../../../request/deadline.ts';
import type { Callers } from '../../access/callers.ts';
import { Unauthenticated } from '../../access/refusal.ts';
import type { SignCaller } from '../../access/services/signed-caller.ts';
import type { CallerLimits } from '../../admission/caller-limits.ts';
import { describeOperation } from '../log-requests.ts';
import { RequestRecord } from '../request-record.ts';
import type { OperationRequest } from '../request-scope.ts';
import { findSubscription, type StreamOptions } from './open-stream.ts';
import { oldestCursor } from './oldest-cursor.ts';
import type { OpenSocket, OpenSockets } from './open-sockets.ts';
import type { SingleResponse } from './serve-stream.ts';
import {
  type ClientMessage,
  CLOSE,
  readMessage,
  SUBPROTOCOL,
  type SubscribePayload,
} from './socket-messages.ts';
import { type OperationSocket, SocketOperation } from './socket-operation.ts';

export interface SocketOptions extends StreamOptions {
  readonly sockets: OpenSockets;
  readonly callers: Callers;
  /** @default services do not receive the caller */
  readonly signCaller?: SignCaller | undefined;
  /** Undefined if callers have no limits. */
  readonly callerLimits: CallerLimits | undefined;
  readonly monitoring: Monitoring;
  /** Executes a query or a mutation. */
  readonly respondOnce: (
    request: OperationRequest,
    response: ResponseEnding,
  ) => Promise<SingleResponse>;
  /** @throws if it is not JSON, or exceeds a limit */
  readonly readJson: (text: string, request: FastifyRequest) => unknown;
}

/** One WebSocket of the protocol `graphql-transport-ws`: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export class SocketConnection implements OperationSocket, OpenSocket {
  readonly #socket: WebSocket;
  readonly #request: FastifyRequest;
  readonly #options: SocketOptions;
  readonly #operations = new Map<string, SocketOperation>();
  readonly #openedAt = performance.now();
  /** Undefined before `connection_init`. */
  #headers: IncomingHttpHeaders | undefined;
  #isAcknowledged = false;
  #isDraining = false;
  #initTimer: NodeJS.Timeout | undefined;
  #wasFull = false;
  #isPinging = false;
  #isResponsive = true;
  #missedChecks = 0;
  #second = 0;
  #messagesInSecond = 0;

  constructor(socket: WebSocket, request: FastifyRequest, options: SocketOptions) {
    this.#socket = socket;
    this.#request = request;
    this.#options = options;
  }

  /** Starts listening to the socket. */
  open(): void {
    const socket = this.#socket;
    if (socket.protocol !== SUBPROTOCOL) {
      socket.close(CLOSE.subprotocolNotAcceptable, 'Subprotocol not acceptable');
      return;
    }
    this.#initTimer = setTimeout(() => {
      this.#close(CLOSE.initialisationTimeout, 'Connection initialisation timeout');
    }, INIT_TIMEOUT_MS);
    socket.on('message', (data) => {
      // A cast: ws passes a message as one buffer by default.
      this.#receive((data as Buffer).toString());
    });
    socket.on('ping', () => {
      this.#mayReceive();
    });
    socket.on('pong', () => {
      this.#isResponsive = true;
    });
    // Node.js restarts this timeout whenever the client has read some data.
    this.#request.raw.socket.on('timeout', () => {
      if (this.#wasFull) socket.terminate();
    });
    socket.once('close', () => {
      this.#closed();
    });
    this.#options.sockets.add(this);
  }

  get isFull(): boolean {
    return this.#socket.bufferedAmount > FULL_BYTES;
  }

  send(message: string): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(message, this.#onSent);
    if (!this.isFull) return;
    this.#wasFull = true;
    this.#connections.wasWritten(this.#request.raw.socket);
    // A client that does not read its results cannot request more.
    socket.pause();
  }

  /** Sends one ping for all streams of the socket, with the oldest of their cursors, from which all can resume. */
  heartbeat(): void {
    if (this.#isPinging) return;
    this.#isPinging = true;
    queueMicrotask(() => {
      this.#isPinging = false;
      const cursors = [...this.#operations.values()].flatMap(({ cursor }) => cursor ?? []);
      if (cursors.length === 0) return;
      const cursor = oldestCursor(cursors);
      const payload = cursor === undefined ? undefined : { cursor };
      this.send(JSON.stringify({ type: 'ping', payload }));
    });
  }

  removeOperation(operation: SocketOperation): void {
    this.#operations.delete(operation.id);
    if (this.#isDraining) this.drain();
  }

  drain(): void {
    this.#isDraining = true;
    if (this.#operations.size === 0) this.#close(CLOSE.goingAway, 'Going away');
  }

  /** Terminates the socket if its client did not respond in two checks; otherwise sends a ping. */
  checkLiveness(): void {
    // The socket is paused, so no pong can arrive. The client must read its results in time instead.
    if (this.#wasFull) return;
    this.#missedChecks = this.#isResponsive ? 0 : this.#missedChecks + 1;
    this.#isResponsive = false;
    const socket = this.#socket;
    if (this.#missedChecks > 1) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.ping();
  }

  get #connections() {
    return this.#request.server.connections;
  }

  readonly #onSent = () => {
    // If the buffer was not full, only the kernel has accepted the data.
    if (!this.#wasFull) return;
    this.#isResponsive = true;
    if (this.isFull) return;
    this.#wasFull = false;
    this.#connections.wasRead(this.#request.raw.socket);
    this.#socket.resume();
    for (const operation of this.#operations.values()) operation.drained();
  };

  #receive(text: string): void {
    this.#isResponsive = true;
    const message = this.#mayReceive() ? this.#read(text) : undefined;
    if (message === undefined) return;
    if (typeof message === 'string') {
      this.#close(CLOSE.badRequest, message);
      return;
    }
    switch (message.type) {
      case 'connection_init':
        if (this.#headers === undefined) void this.#initialise(message.payload);
        else this.#close(CLOSE.tooManyInitialisations, 'Too many initialisation requests');
        break;
      case 'ping':
        this.send(JSON.stringify({ type: 'pong', payload: message.payload }));
        break;
      case 'pong':
        break;
      case 'subscribe':
        this.#subscribe(message.id, message.payload);
        break;
      case 'complete':
        this.#operations.get(message.id)?.cancel();
    }
  }

  /** Counts messages. @returns false if the socket is closed, or there were too many */
  #mayReceive(): boolean {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return false;
    const second = Math.floor(performance.now() / 1000);
    this.#messagesInSecond = second === this.#second ? this.#messagesInSecond + 1 : 1;
    this.#second = second;
    if (this.#messagesInSecond <= MAX_MESSAGES_PER_SECOND) return true;
    this.#close(CLOSE.policyViolation, 'Too many messages');
    return false;
  }

  #read(text: string): ClientMessage | string {
    let message: unknown;
    try {
      message = this.#options.readJson(text, this.#request);
    } catch {
      return 'A message must be JSON.';
    }
    return readMessage(message);
  }

  async #initialise(payload: Readonly<Record<string, unknown>>): Promise<void> {
    clearTimeout(this.#initTimer);
    this.#headers = {
      ...withCredential(this.#request.headers, payload),
      'content-type': 'application/json',
      accept: 'application/json',
    };
    try {
      await this.#options.callers.identify(this.#headers);
      this.#isAcknowledged = true;
      this.#connections.markBusy(this.#request.raw.socket);
      this.send('{"type":"connection_ack"}');
    } catch (error) {
      this.#refuseCaller(error);
    }
  }

  #refuseCaller(error: unknown): void {
    if (!(error instanceof CodedError)) {
      this.#log.error({ error: describeUnexpectedError(error) }, 'a WebSocket failed');
      this.#close(CLOSE.internalError, 'Internal server error');
      return;
    }
    this.#recordRefusal(error);
    if (error instanceof Unauthenticated) this.#close(CLOSE.forbidden, 'Forbidden');
    else this.#close(CLOSE.tryAgainLater, 'The credential cannot be checked at the moment');
  }

  #subscribe(id: string, payload: SubscribePayload): void {
    if (!this.#isAcknowledged) {
      this.#close(CLOSE.unauthorized, 'Unauthorized');
      return;
    }
    if (this.#operations.has(id)) {
      this.#close(CLOSE.subscriberExists, subscriberExists(id));
      return;
    }
    const operation = new SocketOperation(id, this, payload.extensions?.['resumeFrom']);
    if (this.#operations.size >= MAX_OPERATIONS) {
      operation.end([toError(TOO_MANY_OPERATIONS)]);
      return;
    }
    this.#operations.set(id, operation);
    this.#run(operation, payload).catch((error: unknown) => {
      this.#fail(operation, error);
    });
  }

  async #run(operation: SocketOperation, payload: SubscribePayload): Promise<void> {
    const request = await this.#toRequest(payload);
    const { admission } = request;
    try {
      await admission?.enter();
      const open = operation.isOver ? undefined : await findSubscription(request, this.#options);
      if (operation.isOver) return;
      if (open === undefined) await this.#respond(operation, request);
      else {
        const opened = await open(operation);
        if ('status' in opened) {
          operation.end(opened.errors ?? []);
          this.#logAnswered(request);
        } else operation.attach(opened);
      }
    } finally {
      // An open stream does not count as a request in progress.
      admission?.leave();
    }
  }

  async #respond(operation: SocketOperation, request: OperationRequest): Promise<void> {
    const { body, response } = await this.#options.respondOnce(request, operation);
    if (response.data === undefined) operation.end(response.errors ?? []);
    else operation.sendResult(body.trimEnd());
    this.#logAnswered(request);
  }

  #logAnswered({ served }: OperationRequest): void {
    if (served !== null)
      this.#log.info({ transport: 'websocket', ...describeOperation(served) }, 'answered');
  }

  /** Creates a request for the operation. Its caller is identified again, because the credential may have expired. */
  async #toRequest(body: SubscribePayload): Promise<OperationRequest> {
    const { id, ip, url, params, log } = this.#request;
    const headers = this.#headers ?? {};
    const { callers, callerLimits, signCaller } = this.#options;
    const caller = await callers.identify(headers);
    return {
      id,
      ip,
      method: 'POST',
      url,
      headers,
      params,
      body,
      log,
      caller,
      callerHeaders: (await signCaller?.(caller, clientKeyOf(caller, ip))) ?? null,
      admission: callerLimits?.admit(caller, ip) ?? null,
      served: null,
    };
  }

  #fail(operation: SocketOperation, error: unknown): void {
    if (error instanceof CodedError) {
      this.#recordRefusal(error);
      operation.end([toError(error)]);
      // Clients reconnect with a new token.
      if (error instanceof Unauthenticated) this.#close(CLOSE.forbidden, 'Forbidden');
      return;
    }
    this.#log.error({ error: describeUnexpectedError(error) }, 'a request failed');
    operation.end([{ ...INTERNAL_ERROR, extensions: { ...INTERNAL_ERROR.extensions } }]);
  }

  #recordRefusal({ code }: CodedError): void {
    const record = new RequestRecord(this.#request.headers);
    record.refuse(code);
    this.#options.monitoring.answered(record, performance.now() - this.#openedAt);
  }

  #close(code: number, reason: string): void {
    clearTimeout(this.#initTimer);
    this.#socket.close(code, reason);
  }

  #closed(): void {
    clearTimeout(this.#initTimer);
    this.#options.sockets.remove(this);
    for (const operation of [...this.#operations.values()]) operation.cancel();
  }

  get #log() {
    return this.#request.log;
  }
}

const INIT_TIMEOUT_MS = 3000;

/** Concurrent operations on one socket. */
const MAX_OPERATIONS = 100;

/** A client that reconnects sends all its subscriptions at once, and gets as many pings. */
const MAX_MESSAGES_PER_SECOND = 250;

/** The buffer is full above this number of unsent bytes. */
const FULL_BYTES = 64 * 1024;

const TOO_MANY_OPERATIONS = new CodedError(
  'RATE_LIMITED',
  `A WebSocket may have ${String(MAX_OPERATIONS)} operations at the same time.`,
  { retryAfter: 1 },
);

const toError = ({ message, extensions }: CodedError) => ({
  message,
  extensions: { ...extensions },
});

/** The reason of a close frame has 123 bytes at most: RFC 6455, section 5.5. */
function subscriberExists(id: string): string {
  const reason = `Subscriber for ${id} already exists`;
  return Buffer.byteLength(reason) <= 123 ? reason : 'Subscriber for this id already exists';
}

const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-api-key']);

/** The headers of the upgrade. A credential in `connection_init` replaces theirs. */
function withCredential(
  headers: IncomingHttpHeaders,
  payload: Readonly<Record<string, unknown>>,
): IncomingHttpHeaders {
  const credential = Object.entries(payload).flatMap(([name, value]) =>
    CREDENTIAL_HEADERS.has(name.toLowerCase()) && value != null
      ? [[name.toLowerCase(), typeof value === 'string' ? value : ''] as const]
      : [],
  );
  if (credential.length === 0) return headers;
  return {
    ...headers,
    authorization: undefined,
    'x-api-key': undefined,
    ...Object.fromEntries(credential),
  };
}
