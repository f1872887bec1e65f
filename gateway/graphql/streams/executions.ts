import { cancellationOf } from '../../../request/cancellation.ts';
import { WaitingLine, type WaitingRequest } from '../../../upstream/waiting-line.ts';
import { clientDisconnected } from '../../../request/deadline.ts';
import type { GraphQLResponse } from '../graphql-server.ts';
import type { Clock } from './clock.ts';

/** Runs one execution. @param signal aborts when no stream waits for it */
export type Execute = (signal: AbortSignal) => Promise<GraphQLResponse>;

/** A stream's share in an execution. */
export interface JoinedExecution {
  readonly response: Promise<GraphQLResponse>;
  /** The stream no longer waits for the response. */
  leave(): void;
}

/**
 * The executions of all streams of a process. Executions with equal keys run once. Few run at the same time, so that a burst of changes
 * does not delay queries. Clients take turns.
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

  /** The number of executions that are running or can still be joined. */
  get size(): number {
    return this.#shared.size;
  }

  /**
   * @param key identifies the response
   * @param request waits in line if a new execution starts
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

  /** Removes executions that ended a while ago. Streams that waited for a budget in Redis join shortly after others. */
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
    // An execution that ends passes its slot to the next one.
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
  /** The number of streams. */
  waiting: number;
  endedAt: number | undefined;
}

/** Executions wait for vendors most of the time. */
const MAX_RUNNING = 16;

const JOINABLE_MS = 500;
