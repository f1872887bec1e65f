import { type AppendResult, NotStored } from './change-log.ts';
import type { NewEvent } from '../change.ts';

/** Stores a group of events, and resolves once they are durable. */
export type CommitGroup = (events: readonly NewEvent[]) => Promise<readonly AppendResult[]>;

/**
 * Group commit: appends during a write form the next group. Concurrent requests share
 * one write and one sync, and a single request does not wait for others.
 */
export class GroupCommit {
  readonly #commit: CommitGroup;
  #waiting: Append[] = [];
  #waitingEvents = 0;
  #running: Promise<void> | undefined;

  constructor(commit: CommitGroup) {
    this.#commit = commit;
  }

  append(events: readonly NewEvent[]): Promise<readonly AppendResult[]> {
    if (this.#waitingEvents + events.length > MAX_WAITING)
      return Promise.reject(
        new NotStored(
          `The queue is full: ${String(this.#waitingEvents)} events wait to be stored.`,
        ),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      this.#waitingEvents += events.length;
      this.#running ??= this.#run();
    });
  }

  /** Resolves once the queue is empty. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        const results = await this.#commit(group.flatMap(({ events }) => events));
        let first = 0;
        for (const { events, resolve } of group) {
          resolve(results.slice(first, first + events.length));
          first += events.length;
        }
      } catch (error) {
        for (const { reject } of group) reject(toNotStored(error));
      }
    }
    // Synchronous with the loop's last check: a later append starts a new run.
    this.#running = undefined;
  }

  #nextGroup(): readonly Append[] {
    let count = 0;
    const end = this.#waiting.findIndex(({ events }) => (count += events.length) > MAX_GROUP);
    // An append is never split, even if it exceeds the limit.
    const group = this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end));
    for (const { events } of group) this.#waitingEvents -= events.length;
    return group;
  }
}

const toNotStored = (error: unknown): Error =>
  error instanceof NotStored
    ? error
    : new NotStored('The events could not be stored.', { cause: error });

interface Append {
  readonly events: readonly NewEvent[];
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (error: Error) => void;
}

/** Events in one group. */
const MAX_GROUP = 256;
/** Queued events: more than a vendor sends during a slow write. */
const MAX_WAITING = 20_000;
