import { buildConnector, Client, type Dispatcher, errors } from 'undici';
import type { RequestScope } from '../request/request-scope.ts';
import type { Cancelable, Cancellation } from '../request/cancellation.ts';
import { connectByProxy, type ProxySettings } from './proxy.ts';
import { WaitingLine, WaitingLineFull } from './waiting-line.ts';

export interface ConnectionPoolOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Maximum number of concurrent calls. More calls wait, and clients take turns. */
  readonly connections: number;
  /** Maximum size of a response body; a longer one is an error. */
  readonly maxResponseBytes: number;
  /** @default none */
  readonly proxies?: ProxySettings | undefined;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly method: HttpMethod;
  /** Includes the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpResponse {
  readonly status: number;
  /** Keys are header names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Open connections to one host. */
export interface ConnectionPool {
  /** @throws ExchangeFailure if it was cancelled or the connection failed */
  exchange(
    request: HttpRequest,
    scope: RequestScope,
    cancellation: Cancellation,
  ): Promise<HttpResponse>;
  /** Fails pending and later calls. */
  close(): Promise<void>;
}

/** A call without a response. Its cause is the reason of the cancellation, or the connection's error. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  /** Whether some bytes of the request may have been sent. */
  readonly wasSent: boolean;
  /** Milliseconds on a connection: 0 if it was cancelled in the waiting line, which says nothing about the vendor. */
  readonly connectedMs: number;

  /** Whether the response exceeded the maximum size. A retry would exceed it again. */
  get isTooLarge(): boolean {
    return this.cause instanceof errors.ResponseExceededMaxSizeError;
  }

  /** Whether the waiting line for connections was full: nothing was sent to the vendor. */
  get isWaitingLineFull(): boolean {
    return this.cause instanceof WaitingLineFull;
  }

  /** Whether the vendor closed the connection after the request had started: it may have closed an idle one at that moment. */
  get isConnectionLost(): boolean {
    const { cause } = this;
    return (
      this.wasSent &&
      (cause instanceof errors.SocketError ||
        (cause instanceof Error && 'code' in cause && LOST.has(cause.code)))
    );
  }

  constructor(cause: Error, { wasSent, connectedMs }: { wasSent: boolean; connectedMs: number }) {
    super(cause.message, { cause });
    this.wasSent = wasSent;
    this.connectedMs = connectedMs;
  }
}

const LOST = new Set<unknown>(['ECONNRESET', 'EPIPE']);

/**
 * Calls end by cancellation: there are no timeouts here. The HTTP library's pool has its own queue; here, fair turns between clients decide
 * the order of waiting calls.
 */
export function createConnectionPool({
  origin,
  connections,
  maxResponseBytes,
  proxies,
}: ConnectionPoolOptions): ConnectionPool {
  // One connector for all clients, so that a new connection resumes the TLS session of another.
  const options: Client.Options = {
    connect: buildConnector({}),
    maxResponseSize: maxResponseBytes,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const clients: Dispatcher[] = [];
  const idle: Dispatcher[] = [];
  const waiting = new WaitingLine<Dispatcher>(MAX_WAITING);
  let isClosed = false;
  // The most recently used one first, so that no more connections stay open than are needed.
  const take = (): Dispatcher | undefined => {
    if (idle.length > 0 || clients.length === connections) return idle.pop();
    const client = connectByProxy(origin, proxies, options) ?? new Client(origin, options);
    clients.push(client);
    return client;
  };
  const free = (client: Dispatcher) => {
    if (!waiting.admit(client)) idle.push(client);
  };
  return {
    exchange: (request, scope, cancellation) =>
      new Promise((resolve, reject) => {
        if (isClosed)
          throw new ExchangeFailure(new errors.ClientDestroyedError(), {
            wasSent: false,
            connectedMs: 0,
          });
        const exchange = new Exchange({
          origin,
          request,
          cancellation,
          resolve,
          reject,
          onEnd: free,
        });
        const client = take();
        if (client !== undefined) exchange.begin(client);
        else
          waiting.wait(scope, cancellation).then(
            (freed) => {
              exchange.begin(freed);
            },
            (reason: unknown) => {
              // A waiting line rejects with errors only.
              exchange.refuse(reason as Error);
            },
          );
      }),
    close: async () => {
      isClosed = true;
      await Promise.all(clients.map((client) => client.destroy()));
    },
  };
}

/** Calls. Each holds its request in memory. */
const MAX_WAITING = 10_000;

/** Bodies are not decompressed here. Without this header, a server may compress them: RFC 9110, section 12.5.3. */
const AS_IT_IS = { 'accept-encoding': 'identity' };

interface ExchangeOptions {
  readonly origin: string;
  readonly request: HttpRequest;
  readonly cancellation: Cancellation;
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (reason: unknown) => void;
  /** Called once its connection is free again. */
  readonly onEnd: (client: Dispatcher) => void;
}

class Exchange implements Dispatcher.DispatchHandler, Cancelable {
  readonly #options: ExchangeOptions;
  #client: Dispatcher | undefined;
  #connectedAt: number | undefined;
  #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpResponse['headers'] = {};

  constructor(options: ExchangeOptions) {
    this.#options = options;
    options.cancellation.add(this);
  }

  begin(client: Dispatcher): void {
    this.#client = client;
    this.#connectedAt = performance.now();
    // Not `request`: its streams and signals take twice the CPU.
    const { origin, request } = this.#options;
    const { method, path, headers, body } = request;
    client.dispatch({ origin, method, path, body, headers: { ...AS_IT_IS, ...headers } }, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const { reason } = this.#options.cancellation;
    // It was cancelled before its start, or while the connection was made.
    if (reason !== undefined) controller.abort(reason);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpResponse['headers'],
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#chunks.length === 0) this.#chunks = [chunk];
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const { cancellation, resolve } = this.#options;
    cancellation.delete(this);
    const [first] = this.#chunks;
    const body =
      first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    resolve({ status: this.#status, headers: this.#headers, body });
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const { cancellation, reject } = this.#options;
    cancellation.delete(this);
    reject(this.#failure(error));
    this.#end();
  }

  cancel(reason: Error): void {
    this.#options.reject(this.#failure(reason));
    this.#controller?.abort(reason);
  }

  /** Fails the call: it gets no connection. */
  refuse(reason: Error): void {
    this.#options.cancellation.delete(this);
    this.#options.reject(this.#failure(reason));
  }

  #end(): void {
    if (this.#client !== undefined) this.#options.onEnd(this.#client);
  }

  /** The HTTP client reports the start just before it writes to a connection. */
  #failure(cause: Error): ExchangeFailure {
    return new ExchangeFailure(cause, {
      wasSent: this.#controller !== undefined,
      connectedMs: this.#connectedAt === undefined ? 0 : performance.now() - this.#connectedAt,
    });
  }
}
