import { once } from 'node:events';
import { WebSocket } from 'ws';

export type Message = Readonly<Record<string, unknown>>;

export interface RawSocketOptions {
  readonly protocols?: string | string[];
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

/** A WebSocket that sends what it is told, right or wrong, and keeps what comes. */
export class RawSocket {
  readonly socket: WebSocket;
  /** The code and the reason of its close frame. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
  readonly #messages: Message[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.#messages.push(JSON.parse((data as Buffer).toString()) as Message);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve([code, reason.toString()]);
      });
    });
    // What follows from it is expected by the tests.
    socket.on('error', () => undefined);
  }

  /** @throws Error with the status of a refused upgrade */
  static async open(url: string, options: RawSocketOptions = {}): Promise<RawSocket> {
    const { protocols = 'graphql-transport-ws', headers = {}, path = '/graphql' } = options;
    const socket = new WebSocket(url.replace('http', 'ws') + path, protocols, { headers });
    const raw = new RawSocket(socket);
    await once(socket, 'open');
    return raw;
  }

  /** One that may send operations. */
  static async ready(
    url: string,
    payload?: object,
    options: RawSocketOptions = {},
  ): Promise<RawSocket> {
    const raw = await RawSocket.open(url, options);
    raw.send({ type: 'connection_init', payload });
    const message = await raw.next();
    if (message['type'] !== 'connection_ack') throw new Error(JSON.stringify(message));
    return raw;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, more: object = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, ...more } });
  }

  /** The next message that is no ping: a server may send those at any time. */
  async next(): Promise<Message> {
    for (;;) {
      const message = await this.take();
      if (message['type'] !== 'ping') return message;
    }
  }

  async nextPing(): Promise<Message> {
    for (;;) {
      const message = await this.take();
      if (message['type'] === 'ping') return message;
    }
  }

  /** The next message, also a ping. */
  async take(): Promise<Message> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#isClosed)
        throw new Error(`The socket was closed: ${JSON.stringify(await this.closed)}.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Messages that have come and were not taken. */
  get waiting(): readonly Message[] {
    return this.#messages.filter(({ type }) => type !== 'ping');
  }

  close(): void {
    this.socket.close(1000);
  }
}
