import { type Dispatcher, errors, Pool } from 'undici';
import type { RequestScope } from './call-trace.ts';
import type { Cancelable, Cancellation } from './cancellation.ts';
import { Turns } from './turns.ts';
import type { HttpMethod } from './upstream-request.ts';

export interface ConnectionPoolOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** How many calls may be under way at once; more wait in fair turns. */
  readonly connections: number;
  /** What is longer is an error. */
  readonly maxResponseBytes: number;
}

export interface HttpRequest {
  readonly method: HttpMethod;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Open connections to one host. */
export interface ConnectionPool {
  /** @throws ExchangeFailure where it was given up, or something is wrong with the connection */
  exchange(request: HttpRequest, scope: RequestScope, cancellation: Cancellation): Promise<HttpAnswer>;
  /** Calls still under way fail. */
  close(): Promise<void>;
}

/** An exchange without an answer. Its cause is the reason of the cancellation, or what is wrong with the connection. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  /** Whether anything of the request may have been sent. */
  readonly wasSent: boolean;

  /** Whether the answer was longer than any should be: it would be so again. */
  get isTooLarge(): boolean {
    return this.cause instanceof errors.ResponseExceededMaxSizeError;
  }

  constructor(wasSent: boolean, cause: Error) {
    super(cause.message, { cause });
    this.wasSent = wasSent;
  }
}

/** Calls end when they are given up: there is no clock here. */
export function createConnectionPool({ origin, connections, maxResponseBytes }: ConnectionPoolOptions): ConnectionPool {
  const pool = new Pool(origin, { connections, maxResponseSize: maxResponseBytes, headersTimeout: 0, bodyTimeout: 0 });
  const waiting = new Turns<Exchange>();
  let underWay = 0;
  // Not `request`: its streams and signals take twice the CPU.
  const begin = (exchange: Exchange) => {
    underWay += 1;
    pool.dispatch(exchange.request, exchange);
  };
  const onEnd = () => {
    underWay -= 1;
    const next = waiting.take();
    if (next !== undefined) begin(next);
  };
  return {
    exchange: (request, scope, cancellation) =>
      new Promise((resolve, reject) => {
        const onGivenUp = () => {
          waiting.delete(scope, exchange);
        };
        const exchange = new Exchange({ request, cancellation, resolve, reject, onEnd, onGivenUp });
        if (underWay < connections) begin(exchange);
        else waiting.add(scope, exchange);
      }),
    close: () => pool.destroy(),
  };
}

interface ExchangeOptions {
  readonly request: HttpRequest;
  readonly cancellation: Cancellation;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (reason: unknown) => void;
  /** Called once its connection is free again. */
  readonly onEnd: () => void;
  /** Called where nobody waits for it any more, whether it has begun or not. */
  readonly onGivenUp: () => void;
}

class Exchange implements Dispatcher.DispatchHandler, Cancelable {
  readonly request: HttpRequest;
  readonly #options: ExchangeOptions;
  #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};

  constructor(options: ExchangeOptions) {
    this.request = options.request;
    this.#options = options;
    options.cancellation.add(this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const { reason } = this.#options.cancellation;
    // It was given up before, or while a connection was being made.
    if (reason !== undefined) controller.abort(reason);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpAnswer['headers']): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#chunks.length === 0) this.#chunks = [chunk];
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const { cancellation, resolve, onEnd } = this.#options;
    cancellation.delete(this);
    const [first] = this.#chunks;
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    resolve({ status: this.#status, headers: this.#headers, body });
    onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const { cancellation, reject, onEnd } = this.#options;
    cancellation.delete(this);
    reject(this.#failure(error));
    onEnd();
  }

  cancel(reason: Error): void {
    const { reject, onGivenUp } = this.#options;
    onGivenUp();
    reject(this.#failure(reason));
    this.#controller?.abort(reason);
  }

  /** The pool tells of the start just before it writes to a connection. */
  #failure(cause: Error): ExchangeFailure {
    return new ExchangeFailure(this.#controller !== undefined, cause);
  }
}
