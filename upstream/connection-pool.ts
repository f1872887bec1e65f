import { type Dispatcher, errors, Pool } from 'undici';
import type { Cancelable, Cancellation } from './cancellation.ts';
import type { HttpMethod } from './upstream-request.ts';

export interface ConnectionPoolOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** How many calls may be under way at once; more wait their turn. */
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
  exchange(request: HttpRequest, cancellation: Cancellation): Promise<HttpAnswer>;
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
  return {
    // Not `request`: its streams and signals take twice the CPU.
    exchange: ({ method, path, headers, body }, cancellation) =>
      new Promise((resolve, reject) => {
        pool.dispatch({ method, path, headers, body }, new Exchange(cancellation, resolve, reject));
      }),
    close: () => pool.destroy(),
  };
}

class Exchange implements Dispatcher.DispatchHandler, Cancelable {
  readonly #cancellation: Cancellation;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};

  constructor(cancellation: Cancellation, resolve: (answer: HttpAnswer) => void, reject: (reason: unknown) => void) {
    this.#cancellation = cancellation;
    this.#resolve = resolve;
    this.#reject = reject;
    cancellation.add(this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It was given up while it waited for a connection.
    if (this.#cancellation.reason !== undefined) controller.abort(this.#cancellation.reason);
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
    this.#cancellation.delete(this);
    const [first] = this.#chunks;
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#cancellation.delete(this);
    this.#reject(this.#failure(error));
  }

  cancel(reason: Error): void {
    this.#reject(this.#failure(reason));
    this.#controller?.abort(reason);
  }

  /** The pool tells of the start just before it writes to a connection. */
  #failure(cause: Error): ExchangeFailure {
    return new ExchangeFailure(this.#controller !== undefined, cause);
  }
}
