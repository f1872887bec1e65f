import { cancellationOf } from '../../../request/cancellation.ts';
import { WaitingLine, type WaitingRequest } from '../../../upstream/waiting-line.ts';
import { clientDisconnected } from '../../../request/deadline.ts';
import type { GraphQLResponse } from '../graphql-server.ts';
import type { Clock } from './clock.ts';

/** Runs one execution. @param signal aborts once nobody waits for it */
export type Execute = (signal: AbortSignal) => Promise<GraphQLResponse>;

/** One stream's part in an execution. */
export interface JoinedExecution {
  readonly response: Promise<GraphQLResponse>;
  /** The stream does not wait for it any more. */
  leave(): void;
}

/**
 * The executions of all streams of a process. Those with equal keys are run once. Few run at the same time, so that a burst of changes leaves
 * the thread and the vendors to queries; clients take turns.
 */
export class Executions {
  readonly #clock: Clock;
  readonly #maxRunning: number;
  readonly #line = new WaitingLine(Infinity);
  readonly #shared = new Map<string, SharedExecution>();
  #running = 0;

  constructor(clock: Clock, maxRunning = MAX_RUNNING) {
    this.#clock = clock;
    this.#maxRunning = maxRunning;
  }

  /** Those that are running or may still be joined. */
  get size(): number {
    return this.#shared.size;
  }

  /**
   * @param key names what decides the response
   * @param request is the one that it waits as, where it is not shared
   */
  join(key: string, request: WaitingRequest, execute: Execute): JoinedExecution {
    const execution = this.#shared.get(key) ?? this.#start(key, request, execute);
    execution.waiting += 1;
    let isWaiting = true;
    return {
      response: execution.response,
      leave: () => {
        if (!isWaiting) return;
        isWaiting = false;
        execution.waiting -= 1;
        if (execution.waiting > 0 || execution.endedAt !== undefined) return;
        execution.abort.abort(clientDisconnected());
        if (this.#shared.get(key) === execution) this.#shared.delete(key);
      },
    };
  }

  /** Forgets what ended a while ago. Streams whose budget was asked for elsewhere join a moment after others. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [key, { endedAt }] of this.#shared)
      if (endedAt !== undefined && now - endedAt >= JOINABLE_MS) this.#shared.delete(key);
  }

  #start(key: string, request: WaitingRequest, execute: Execute): SharedExecution {
    const abort = new AbortController();
    const execution: SharedExecution = {
      abort,
      waiting: 0,
      endedAt: undefined,
      response: this.#run(request, abort.signal, execute).finally(() => {
        execution.endedAt = this.#clock.now();
      }),
    };
    this.#shared.set(key, execution);
    return execution;
  }

  async #run(
    request: WaitingRequest,
    signal: AbortSignal,
    execute: Execute,
  ): Promise<GraphQLResponse> {
    if (this.#running < this.#maxRunning) this.#running += 1;
    // Whoever ends gives its place on.
    else await this.#line.wait(request, cancellationOf(signal));
    try {
      return await execute(signal);
    } finally {
      if (!this.#line.admit()) this.#running -= 1;
    }
  }
}

interface SharedExecution {
  readonly abort: AbortController;
  readonly response: Promise<GraphQLResponse>;
  /** Streams. */
  waiting: number;
  endedAt: number | undefined;
}

/** Each waits for vendors most of the time. */
const MAX_RUNNING = 16;

const JOINABLE_MS = 500;
