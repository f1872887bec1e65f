import type { ChangeLog, LogEntry, LogHead, LogPage } from './change-log.ts';
import { earlier, isAfter, type Position } from './position.ts';

/**
 * Gets the entries of a log, in order; those that are read together come together. The head's position is what has been reached with them; there
 * may be no entry where that alone has moved. It must not throw.
 */
export type OnEntries = (entries: readonly LogEntry[], head: LogHead) => void;

/**
 * Hears that entries were lost before they could be read: another log took the place of this one, or the log was trimmed or set back. Any record may
 * have changed up to the head's position, from which the tail goes on.
 */
export type OnGap = (head: LogHead) => void;

export interface LogTailOptions {
  readonly log: ChangeLog;
  /** How far back it begins, for what is to know of recent changes at start; milliseconds. */
  readonly rebuildMs: number;
  /** Called when the log cannot be read, and when it can be again. */
  readonly onChange?: (isReadable: boolean) => void;
  /** Called with what a listener throws. @default a warning of the process */
  readonly onFailure?: (error: unknown) => void;
}

/** The one reader of the log that a process has: caches and subscriptions hear from it. */
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
  listen(onEntries: OnEntries, onGap: OnGap = () => undefined): () => void {
    const listener = { onEntries, onGap };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Waits until all listeners have heard of everything up to a position.
   * @param log is the log that the position is of. @default the one that is read now
   * @returns false where that takes too long, or the log is not read any more
   */
  reach(position: Position, timeoutMs: number, log?: string): Promise<boolean> {
    if (this.#hasReached(position, log)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: PositionWaiter = {
        position,
        log: log ?? this.#head?.log,
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

  #hasReached(position: Position, log = this.#head?.log): boolean {
    return (
      this.#head !== undefined && this.#head.log === log && !isAfter(position, this.#head.position)
    );
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    /** What was reached; undefined where the log has to be begun. */
    let reached: Reached | undefined;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        // The first page of a log is read without a wait: it tells how far the log goes.
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

  /** @returns what is reached with the page; undefined where it is of another log than what was reached before */
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
        // One that fails must not cost the others what they were to hear.
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
  /** Undefined where no log has been read yet. */
  readonly log: string | undefined;
  readonly settle: (isReached: boolean) => void;
}

function warnOfFailure(error: unknown): void {
  process.emitWarning(`A reader of changes failed: ${String(error)}`);
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
