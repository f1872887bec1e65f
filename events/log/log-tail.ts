import { setImmediate as nextTurn } from 'node:timers/promises';
import { setSteppedTimeout } from '../../state/stepped-timeout.ts';
import type { ChangeLog, LogEntry, LogHead, LogPage } from './change-log.ts';
import { earlier, isAfter, type Position } from './position.ts';

/**
 * Receives the entries of a log in order, one page at a time. The head's position is the end of the page. A page without entries
 * only moves it. Must not throw.
 */
export type OnEntries = (entries: readonly LogEntry[], head: LogHead) => void;

/**
 * Called if entries were lost before they could be read: the log was replaced, trimmed or set back. Any record may
 * have changed up to the head's position. The tail continues from there.
 */
export type OnGap = (head: LogHead) => void;

export interface LogTailOptions {
  readonly log: ChangeLog;
  /** How far back it starts, for listeners that need recent changes; milliseconds. */
  readonly rebuildMs: number;
  /** Called when the log becomes unreadable, and when it recovers. */
  readonly onChange?: (isReadable: boolean) => void;
  /** Receives errors of listeners. @default a warning of the process */
  readonly onFailure?: (error: unknown) => void;
}

/** The one reader of the log in a process. It delivers entries to caches and subscriptions. */
export class LogTail {
  readonly #log: ChangeLog;
  readonly #rebuildMs: number;
  readonly #onChange: (isReadable: boolean) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  readonly #waiting = new Set<PositionWaiter>();
  readonly #ended = new AbortController();
  #head: LogHead | undefined;
  #isReadable = true;
  #running: Promise<void> | undefined;

  constructor({
    log,
    rebuildMs,
    onChange = () => undefined,
    onFailure = warnOfFailure,
  }: LogTailOptions) {
    this.#log = log;
    this.#rebuildMs = rebuildMs;
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  /** The log that it reads. */
  get log(): ChangeLog {
    return this.#log;
  }

  /** The last head that all listeners have received; undefined before the first page. */
  get head(): LogHead | undefined {
    return this.#head;
  }

  /** Whether the last read succeeded. */
  get isReadable(): boolean {
    return this.#isReadable;
  }

  /** @returns a function that removes the listener */
  listen(onEntries: OnEntries, onGap: OnGap = () => undefined): () => void {
    const listener = { onEntries, onGap };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Listeners that are added in this turn of the event loop receive all entries, from the first page on. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Waits until all listeners have received everything up to a position. Time in which the event loop was blocked does not count.
   * @param log is the name of the position's log. @default the current one
   * @returns false after the timeout, or if the log was replaced or the tail closed
   */
  reach(position: Position, timeoutMs: number, log?: string): Promise<boolean> {
    if (this.#hasReached(position, log)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: PositionWaiter = {
        position,
        log: log ?? this.#head?.log,
        settle: (isReached) => {
          cancel();
          this.#waiting.delete(waiter);
          resolve(isReached);
        },
      };
      const cancel = setSteppedTimeout(() => {
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

  #hasReached(position: Position, log = this.#head?.log): boolean {
    return (
      this.#head !== undefined && this.#head.log === log && !isAfter(position, this.#head.position)
    );
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    /** Undefined before the first page of a log. */
    let reached: Reached | undefined;
    let retryMs = FIRST_RETRY_MS;
    await nextTurn();
    while (!signal.aborted) {
      try {
        // The first page of a log is read without waiting for entries.
        if (reached === undefined) {
          const begun = await this.#begin();
          reached = this.#deliver(await this.#log.read(begun.position, PAGE), begun);
        } else
          reached = this.#deliver(await this.#log.next(reached.position, PAGE, signal), reached);
        retryMs = FIRST_RETRY_MS;
        this.#setReadable(true);
      } catch {
        if (this.#ended.signal.aborted) return;
        this.#setReadable(false);
        await pause(retryMs, signal);
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      }
    }
  }

  async #begin(): Promise<Reached> {
    const head = await this.#log.head();
    const since = earlier({ ms: Math.max(0, head.time - this.#rebuildMs), seq: 0 }, head.position);
    const position = isAfter(head.floor, since) ? head.floor : since;
    if (this.#head !== undefined) this.#notifyGap({ ...head, position });
    return { log: head.log, position };
  }

  /** @returns the end of the page; undefined if the log was replaced */
  #deliver({ entries, head, reached }: LogPage, { log, position }: Reached): Reached | undefined {
    if (head.log !== log) return undefined;
    if (isAfter(position, head.position)) {
      // Redis was restored from an older copy.
      this.#notifyGap(head);
      return head;
    }
    if (isAfter(head.floor, position)) this.#notifyGap({ ...head, position: head.floor });
    const now = isAfter(reached, position) ? reached : position;
    this.#notify({ ...head, position: now }, ({ onEntries }, at) => {
      onEntries(entries, at);
    });
    return { log, position: now };
  }

  #notifyGap(head: LogHead): void {
    this.#notify(head, ({ onGap }) => {
      onGap(head);
    });
    for (const waiter of [...this.#waiting])
      if (waiter.log !== undefined && waiter.log !== head.log) waiter.settle(false);
  }

  #notify(head: LogHead, notify: (listener: Listener, head: LogHead) => void): void {
    for (const listener of [...this.#listeners]) {
      try {
        notify(listener, head);
      } catch (error) {
        // A listener that throws must not prevent delivery to the others.
        this.#onFailure(error);
      }
    }
    this.#head = head;
    for (const waiter of [...this.#waiting])
      if (this.#hasReached(waiter.position, waiter.log)) waiter.settle(true);
  }

  #setReadable(isReadable: boolean): void {
    if (isReadable === this.#isReadable) return;
    this.#isReadable = isReadable;
    this.#onChange(isReadable);
  }
}

interface Listener {
  readonly onEntries: OnEntries;
  readonly onGap: OnGap;
}

interface Reached {
  readonly log: string;
  readonly position: Position;
}

interface PositionWaiter {
  readonly position: Position;
  /** Undefined before the first page. */
  readonly log: string | undefined;
  readonly settle: (isReached: boolean) => void;
}

function warnOfFailure(error: unknown): void {
  process.emitWarning(`A listener of the change log failed: ${String(error)}`);
}

const PAGE = 1000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2000;

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
