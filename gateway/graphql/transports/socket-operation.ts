import type { GraphQLFormattedError } from 'graphql';
import { parseCursor } from '../../../events/log/cursor.ts';
import type { ResponseEnding } from '../../../request/deadline.ts';
import type { OpenStream, StreamPayload, StreamSink } from '../streams/stream.ts';

/** The operation's interface to its connection. */
export interface OperationSocket {
  readonly isFull: boolean;
  send(message: string): void;
  /** Schedules a heartbeat with the cursor of the socket's streams. */
  heartbeat(): void;
  /** The operation has ended; its id can be used again. */
  removeOperation(operation: SocketOperation): void;
}

/** One operation on a WebSocket, from its `subscribe` to its `complete` or `error`. Nothing is written after that. */
export class SocketOperation implements StreamSink, ResponseEnding {
  readonly transport = 'websocket';
  readonly id: string;
  readonly #socket: OperationSocket;
  #listeners: (() => void)[] = [];
  #stream: OpenStream | undefined;
  #cursor: string | undefined;
  #isOver = false;
  #isFinished = false;

  /** @param resumeFrom is what the client sent as the cursor to resume from */
  constructor(id: string, socket: OperationSocket, resumeFrom?: unknown) {
    this.id = id;
    this.#socket = socket;
    // Set before the stream opens, so that the ping of another stream does not move the client past this cursor.
    if (typeof resumeFrom === 'string' && parseCursor(resumeFrom) !== undefined)
      this.#cursor = resumeFrom;
  }

  /** The newest cursor of the stream; undefined if there is none. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isFull(): boolean {
    return this.#socket.isFull;
  }

  get writableFinished(): boolean {
    return this.#isFinished;
  }

  once(_event: 'close', listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Connects the open stream. */
  attach(stream: OpenStream): void {
    if (this.#isOver) stream.close();
    else this.#stream = stream;
  }

  drained(): void {
    this.#stream?.drained();
  }

  next(payload: StreamPayload): void {
    this.#cursor = payload.extensions.cursor;
    this.#send('next', JSON.stringify(payload));
  }

  heartbeat(cursor: string): void {
    this.#cursor = cursor;
    if (!this.#isOver) this.#socket.heartbeat();
  }

  /** @param result is the result of a query or a mutation, as JSON */
  sendResult(result: string): void {
    this.#send('next', result);
    this.end();
  }

  end(errors?: readonly GraphQLFormattedError[]): void {
    if (this.#isOver) return;
    if (errors === undefined)
      this.#socket.send(`{"id":${JSON.stringify(this.id)},"type":"complete"}`);
    else this.#send('error', JSON.stringify(errors));
    this.#isFinished = true;
    this.cancel();
  }

  /** The client completed the operation or disconnected. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream?.close();
    for (const listener of this.#listeners) listener();
    this.#listeners = [];
    this.#socket.removeOperation(this);
  }

  /** @param payload is JSON */
  #send(type: 'next' | 'error', payload: string): void {
    if (!this.#isOver)
      this.#socket.send(`{"id":${JSON.stringify(this.id)},"type":"${type}","payload":${payload}}`);
  }
}
