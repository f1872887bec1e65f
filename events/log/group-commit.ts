import { type AppendResult, NotStored } from './change-log.ts';
import type { NewEvent } from '../change.ts';

/** Stores a group of events, and resolves once they would survive. */
export type CommitGroup = (events: readonly NewEvent[]) => Promise<readonly AppendResult[]>;

/**
 * Stores events in groups: what is given while a group is being stored waits, and is the next group. So however many requests come at the same
 * time, they share one write and one sync, and nothing waits where there is one.
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
        new NotStored(`${String(this.#waitingEvents)} events wait to be stored already.`),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      this.#waitingEvents += events.length;
      this.#running ??= this.#run();
    });
  }

  /** Resolves once nothing waits. */
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
    // In the same step as the last look: an append that comes later begins anew.
    this.#running = undefined;
  }

  #nextGroup(): readonly Append[] {
    let count = 0;
    const end = this.#waiting.findIndex(({ events }) => (count += events.length) > MAX_GROUP);
    // One append is never split, however many events it has.
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
/** Events that wait: more than a vendor sends in the seconds that a slow disk takes. */
const MAX_WAITING = 20_000;
