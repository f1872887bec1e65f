import type { GraphQLFormattedError } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import { describeUnexpectedError } from '../../../errors/describe-error.ts';
import { INTERNAL_ERROR } from '../../../errors/visible-error.ts';
import { type LogEntry, LogUnavailable } from '../../../events/log/change-log.ts';
import { formatCursor } from '../../../events/log/cursor.ts';
import { isAfter, justBefore, type Position } from '../../../events/log/position.ts';
import type { LossReason, StreamEnd } from '../../../monitoring/stream-metrics.ts';
import type { Caller } from '../../../request/caller.ts';
import type { Admission } from '../../admission/caller-limits.ts';
import type { GraphQLResponse } from '../graphql-server.ts';
import type { JoinedExecution } from './executions.ts';
import { runInContext } from './stream-context.ts';
import {
  EVENTS_LOST,
  FORBIDDEN,
  isForbiddenRoot,
  isRateLimited,
  NO_AUDIENCE,
} from './stream-errors.ts';
import { isCaughtUp, isTailBehind, replayPage } from './log-replay.ts';
import type { StreamDependencies } from './stream-dependencies.ts';
import type { StreamStart } from './stream-start.ts';
import { joinPayload } from './payload-execution.ts';
import { type PendingChange, PendingChanges, storedAt } from './pending-changes.ts';
import { type PreparedStream, prepareStream } from './prepared-stream.ts';
import type { AdmittedRequest } from './stream.ts';

/** Receives the state changes of a stream. */
export interface StreamListener {
  /** The stream has caught up with the tail and receives its changes, or its subscription was replaced. */
  onLive(stream: LiveStream): void;
  onEnd(stream: LiveStream): void;
}

/** One stream. It sends a payload for one change at a time; waiting changes are merged per record. */
export class LiveStream {
  readonly request: AdmittedRequest;
  readonly #dependencies: StreamDependencies;
  readonly #listener: StreamListener;
  readonly #pending = new PendingChanges();
  #prepared: PreparedStream;
  #caller: Caller;
  /** The name of the log of {@link #through}. */
  #log: string;
  /** Changes up to this position were read, or precede the stream. */
  #through: Position;
  #isLive = false;
  #running: PendingChange | undefined;
  #execution: JoinedExecution | undefined;
  /** Changes after this cursor are lost, and the client has not been notified yet. */
  #lostAfter: string | undefined;
  #retryAt = -Infinity;
  #isPumping = false;
  #isEnded = false;

  constructor(
    request: AdmittedRequest,
    prepared: PreparedStream,
    { log, position, isResumed }: StreamStart,
    dependencies: StreamDependencies,
    listener: StreamListener,
  ) {
    this.request = request;
    this.#dependencies = dependencies;
    this.#listener = listener;
    this.#prepared = prepared;
    this.#caller = prepared.caller;
    this.#log = log;
    this.#through = position;
    if (!isResumed) this.#goLive();
  }

  get caller(): Caller {
    return this.#caller;
  }

  get subscription(): PreparedStream['subscription'] {
    return this.#prepared.subscription;
  }

  /** The cursor to resume from: the client has received all changes up to it. */
  get cursor(): string {
    if (this.#lostAfter !== undefined) return this.#lostAfter;
    const first = this.#running?.first ?? this.#pending.first;
    const { readHead } = this.#dependencies;
    const { position = this.#through } = this.#isLive ? (readHead() ?? {}) : {};
    const reached = isAfter(position, this.#through) ? position : this.#through;
    return this.#cursorAt(first === undefined ? reached : justBefore(first));
  }

  /** Sends a heartbeat with the cursor, if the client reads. */
  heartbeat(): void {
    const { sink } = this.request;
    if (!this.#isEnded && !sink.isFull) sink.heartbeat(this.cursor);
  }

  /** Receives a change from the tail. */
  take(entry: LogEntry, storedAt: number): void {
    this.#add(entry, storedAt);
    this.wake();
  }

  /** Changes were lost: drops the waiting ones, and notifies the client. */
  markLost(reason: LossReason): void {
    if (this.#isEnded || this.#lostAfter !== undefined) return;
    this.#lostAfter = this.cursor;
    this.#pending.clear();
    this.#dependencies.monitor.lost(reason);
    this.wake();
  }

  /** Continues if possible: the client reads again, a budget has recovered, or there is a new change. */
  wake(): void {
    if (this.#isPumping || this.#isEnded) return;
    this.#isPumping = true;
    void this.#pump();
  }

  /** Replaces the caller of the client's credential. */
  setCaller(caller: Caller): void {
    this.#caller = caller;
  }

  /** Validates and authorises the subscription again, after a change of the graph or the caller. */
  async revalidate(): Promise<void> {
    try {
      while (!this.#isEnded && this.#isOutdated()) {
        const { graphs } = this.#dependencies;
        const prepared = await runInContext(this.#contextOptions(), undefined, (context) =>
          prepareStream(graphs, this.request, context),
        );
        if (this.#isOver()) return;
        if ('status' in prepared) {
          this.#endRefused(prepared.errors ?? []);
          return;
        }
        this.#prepared = prepared;
        if (this.#isLive) this.#listener.onLive(this);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the stream, and sends the client the error with the cursor to resume from. */
  end(reason: StreamEnd, error: CodedError): void {
    this.#end(reason, [{ message: error.message, extensions: { ...error.extensions } }]);
  }

  /** The client completed the subscription or disconnected. */
  close(): void {
    if (!this.#isEnded) this.#release('client');
  }

  #goLive(): void {
    this.#isLive = true;
    this.#listener.onLive(this);
  }

  #add(entry: LogEntry, storedAt: number): void {
    if (this.#isEnded || this.#lostAfter !== undefined || !isAfter(entry.position, this.#through))
      return;
    if (!this.subscription.matches(entry.change)) return;
    if (this.#pending.add(entry, storedAt)) this.#dependencies.monitor.merged();
    if (this.#pending.size > MAX_PENDING) this.markLost('slow');
  }

  async #pump(): Promise<void> {
    try {
      // All other listeners, such as caches, receive a change before it is executed.
      await Promise.resolve();
      while (this.#canContinue()) {
        if (this.#lostAfter !== undefined) this.#sendLoss();
        else if (!this.#isLive && this.#pending.size < REPLAY_BELOW) await this.#replay();
        else {
          this.#running = this.#pending.takeFirst();
          if (this.#running === undefined) return;
          await this.#process(this.#running);
        }
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isPumping = false;
    }
  }

  #canContinue(): boolean {
    return (
      !this.#isEnded && !this.request.sink.isFull && this.#dependencies.clock.now() >= this.#retryAt
    );
  }

  /** Reads the next page of the log. The stream is live once it has caught up with the tail. */
  async #replay(): Promise<void> {
    const { tail, readHead, clock } = this.#dependencies;
    try {
      const after = { log: this.#log, position: this.#through };
      const tailHead = readHead();
      const { entries, head, isLost, through } = await replayPage(tail.log, after);
      if (this.#isEnded || this.#lostAfter !== undefined) return;
      if (isLost) {
        this.markLost('cursor');
        this.#log = head.log;
        this.#through = head.position;
        return;
      }
      for (const entry of entries) this.#add(entry, storedAt(entry, head, clock.now()));
      this.#through = through;
      if (isCaughtUp({ head, through }, readHead())) this.#goLive();
      else if (isTailBehind({ head }, tailHead)) this.#retryAt = clock.now() + LOG_RETRY_MS;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      this.#retryAt = clock.now() + LOG_RETRY_MS;
    }
  }

  /** Notifies the client of the loss, and continues from the head of the log. */
  #sendLoss(): void {
    const head = this.#dependencies.readHead();
    if (head !== undefined) {
      if (head.log !== this.#log || isAfter(head.position, this.#through))
        this.#through = head.position;
      this.#log = head.log;
    }
    this.#lostAfter = undefined;
    if (!this.#isLive) this.#goLive();
    this.request.sink.next({
      errors: [{ message: EVENTS_LOST.message, extensions: { ...EVENTS_LOST.extensions } }],
      extensions: { cursor: this.cursor },
    });
  }

  async #process(pending: PendingChange): Promise<void> {
    while (this.#isOutdated() && !this.#isOver()) await this.revalidate();
    if (this.#isOver()) return;
    const prepared = this.#prepared;
    prepared.graph.enter();
    let admission: Admission | undefined;
    try {
      admission = this.#dependencies.limits?.admit(this.#caller, this.request.client.ip);
      await admission?.enter();
      await admission?.charge(prepared.cost?.estimated ?? 0);
      if (this.#isOver() || this.#lostAfter !== undefined) return;
      const response = await this.#execute(pending, prepared);
      if (isRateLimited(response))
        throw new CodedError('RATE_LIMITED', 'Too many requests are waiting.');
      this.#running = undefined;
      this.#send(pending, response);
    } catch (error) {
      if (this.#isOver()) return;
      // The stream ends while the change counts as unsent, so that the cursor is before it.
      if (!(error instanceof CodedError)) this.#fail(error);
      else if (error.code === 'RATE_LIMITED') this.#defer(pending, error);
      else this.end('refused', error);
    } finally {
      this.#running = undefined;
      admission?.leave();
      prepared.graph.leave();
    }
  }

  /** Returns a change to the pending ones until the budget recovers. */
  #defer(pending: PendingChange, { extensions: { retryAfter = 1 } }: CodedError): void {
    const { clock, monitor } = this.#dependencies;
    if (this.#lostAfter === undefined) this.#pending.putBack(pending);
    this.#retryAt = clock.now() + retryAfter * 1000;
    monitor.deferred();
  }

  async #execute(pending: PendingChange, prepared: PreparedStream): Promise<GraphQLResponse> {
    const { server, subscription, caller } = prepared;
    const access = await server.accessTo(subscription, caller);
    const { request } = this;
    this.#execution = joinPayload(prepared, pending, { request, access }, this.#dependencies);
    try {
      return await this.#execution.response;
    } finally {
      this.#execution.leave();
      this.#execution = undefined;
    }
  }

  #send(pending: PendingChange, { data, errors }: GraphQLResponse): void {
    if (this.#isEnded || this.#lostAfter !== undefined) return;
    const hidden = errors?.find(isForbiddenRoot);
    if (hidden !== undefined) {
      this.#end('forbidden', [hidden]);
      return;
    }
    const { clock, monitor } = this.#dependencies;
    const { sink } = this.request;
    sink.next({
      data,
      ...(errors !== undefined && { errors }),
      extensions: { cursor: this.cursor },
    });
    const outcome = errors === undefined ? 'complete' : data == null ? 'failed' : 'partial';
    monitor.sent(sink.transport, outcome, clock.now() - pending.storedAt);
  }

  /** A method, so that TypeScript does not assume the value from before an `await`. */
  #isOver(): boolean {
    return this.#isEnded;
  }

  #isOutdated(): boolean {
    const { graph, caller } = this.#prepared;
    return graph !== this.#dependencies.graphs.value || caller !== this.#caller;
  }

  #contextOptions() {
    const { requestTimeoutMs: timeoutMs, signCaller } = this.#dependencies;
    return { client: this.request.client, caller: this.#caller, timeoutMs, signCaller };
  }

  /** Ends the stream after a refusal: the graph or the caller's access has changed. */
  #endRefused(errors: readonly GraphQLFormattedError[]): void {
    const code = errors[0]?.extensions?.['code'];
    if (code === 'NOT_FOUND') this.end('forbidden', NO_AUDIENCE);
    else this.#end(FORBIDDEN.has(code) ? 'forbidden' : 'refused', errors);
  }

  #fail(error: unknown): void {
    this.request.client.log.error({ error: describeUnexpectedError(error) }, 'a stream failed');
    this.#end('failed', [{ ...INTERNAL_ERROR, extensions: { ...INTERNAL_ERROR.extensions } }]);
  }

  #end(reason: StreamEnd, errors: readonly GraphQLFormattedError[]): void {
    if (this.#isEnded) return;
    const { cursor } = this;
    this.#release(reason);
    this.request.sink.end(
      errors.map((error) => ({ ...error, extensions: { ...error.extensions, cursor } })),
    );
  }

  #release(reason: StreamEnd): void {
    this.#isEnded = true;
    this.#pending.clear();
    this.#execution?.leave();
    this.#dependencies.monitor.ended(this.request.sink.transport, reason);
    this.#listener.onEnd(this);
  }

  #cursorAt(position: Position): string {
    return formatCursor({ log: this.#log, position });
  }
}

/** The maximum number of pending records. */
const MAX_PENDING = 1000;
/** One more page still fits below {@link MAX_PENDING}. */
const REPLAY_BELOW = 500;
const LOG_RETRY_MS = 1000;
