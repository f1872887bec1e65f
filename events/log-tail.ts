import type { ChangeLog, LogEntry, LogHead } from './change-log.ts';
import { earlier, isAfter, type Position } from './position.ts';

/** Gets the entries of a log, in order; those that are read together come together. */
export type OnEntries = (entries: readonly LogEntry[], head: LogHead) => void;

export interface LogTailOptions {
  readonly log: ChangeLog;
  /** How far back it begins, for what is to know of recent changes at start; milliseconds. */
  readonly rebuildMs: number;
  /** Called when the log cannot be read, and when it can be again. */
  readonly onChange?: (isReadable: boolean) => void;
}

/** The one reader of the log that a process has: caches and subscriptions hear from it. */
export class LogTail {
  readonly #log: ChangeLog;
  readonly #rebuildMs: number;
  readonly #onChange: (isReadable: boolean) => void;
  readonly #listeners = new Set<OnEntries>();
  readonly #waiting = new Set<PositionWaiter>();
  readonly #ended = new AbortController();
  #head: LogHead | undefined;
  #isReadable = true;
  #running: Promise<void> | undefined;

  constructor({ log, rebuildMs, onChange = () => undefined }: LogTailOptions) {
    this.#log = log;
    this.#rebuildMs = rebuildMs;
    this.#onChange = onChange;
  }

  /** What it reads. */
  get log(): ChangeLog {
    return this.#log;
  }

  /** What was read last, and whose position all listeners have heard of; undefined before the first page. */
  get head(): LogHead | undefined {
    return this.#head;
  }

  /** Whether the log could be read the last time. */
  get isReadable(): boolean {
    return this.#isReadable;
  }

  /** @returns what ends it */
  listen(listener: OnEntries): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Waits until all listeners have heard of everything up to a position. @returns false where that takes too long */
  reach(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.#hasReached(position)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: PositionWaiter = {
        position,
        settle: (isReached) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve(isReached);
        },
      };
      const timer = setTimeout(() => {
        waiter.settle(false);
      }, timeoutMs);
      this.#waiting.add(waiter);
    });
  }

  async close(): Promise<void> {
    this.#ended.abort();
    for (const waiter of [...this.#waiting]) waiter.settle(false);
    await this.#running;
  }

  #hasReached(position: Position): boolean {
    return this.#head !== undefined && !isAfter(position, this.#head.position);
  }

  async #run(): Promise<void> {
    let after: Position | undefined;
    while (!this.#ended.signal.aborted) {
      try {
        // Who waits for the beginning does not wait for an entry.
        const isFirst = after === undefined;
        after ??= await this.#begin();
        const { entries, head } = isFirst
          ? await this.#log.read(after, PAGE)
          : await this.#log.next(after, PAGE, this.#ended.signal);
        // What was trimmed before it was read will not come.
        const next = isAfter(head.floor, after) ? head.floor : after;
        const read = entries.at(-1)?.position ?? next;
        // Another log takes the place of one whose entries were lost: what was read of that one says nothing of this one.
        after = this.#head !== undefined && this.#head.log !== head.log ? undefined : read;
        this.#hear(entries, { ...head, position: read });
        this.#setReadable(true);
      } catch {
        this.#setReadable(false);
        await pause(RETRY_MS, this.#ended.signal);
      }
    }
  }

  async #begin(): Promise<Position> {
    const { position, floor, time } = await this.#log.head();
    const since = { ms: Math.max(0, time - this.#rebuildMs), seq: 0 };
    // Not beyond the newest entry: cursors name what has been read.
    return isAfter(floor, since) ? floor : earlier(since, position);
  }

  #hear(entries: readonly LogEntry[], head: LogHead): void {
    for (const listener of [...this.#listeners]) listener(entries, head);
    this.#head = head;
    for (const waiter of [...this.#waiting])
      if (this.#hasReached(waiter.position)) waiter.settle(true);
  }

  #setReadable(isReadable: boolean): void {
    if (isReadable === this.#isReadable) return;
    this.#isReadable = isReadable;
    this.#onChange(isReadable);
  }
}

interface PositionWaiter {
  readonly position: Position;
  readonly settle: (isReached: boolean) => void;
}

const PAGE = 1000;
const RETRY_MS = 500;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end);
  });
}
