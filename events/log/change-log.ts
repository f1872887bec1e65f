import type { Change, NewEvent } from '../change.ts';
import type { Position } from './position.ts';

/**
 * The changes that vendors have reported, in the order in which they were stored. If `REDIS_URL` is set, it is in Redis and all instances share it.
 * Otherwise it is in a file or in memory.
 */
export interface ChangeLog {
  /** Whether other processes share it. */
  readonly isShared: boolean;
  /**
   * Stores events, each with all its changes or none. Resolves once they would survive a crash of the process and of the machine.
   * @returns whether each event was new
   * @throws NotStored
   */
  append(events: readonly NewEvent[]): Promise<readonly AppendResult[]>;
  /** @throws LogUnavailable */
  head(): Promise<LogHead>;
  /**
   * Entries after a position, oldest first.
   * @throws LogUnavailable
   */
  read(after: Position, limit: number): Promise<LogPage>;
  /**
   * Waits for entries after a position. After a timeout, or when the signal is aborted, it returns an empty page.
   * For one caller at a time: `LogTail`.
   * @throws LogUnavailable
   */
  next(after: Position, limit: number, signal: AbortSignal): Promise<LogPage>;
  close(): Promise<void>;
}

export type AppendResult = 'stored' | 'duplicate';

/** The end of a log. */
export interface LogHead {
  /** The name of the log. It changes if entries are lost. At most 32 letters and digits. */
  readonly log: string;
  /** The newest entry's; the floor if there is none. */
  readonly position: Position;
  /** Entries up to here were trimmed. */
  readonly floor: Position;
  /** The log's clock; milliseconds since 1970. Clocks of hosts are never compared. */
  readonly time: number;
}

export interface LogEntry {
  readonly position: Position;
  readonly change: Change;
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** Where the next page starts. The head's position if this is the last page. */
  readonly reached: Position;
  readonly head: LogHead;
}

/**
 * Events were not stored, or may not be durable: the vendor must retry. Those that were stored are then
 * duplicates.
 */
export class NotStored extends Error {
  override readonly name = 'NotStored';
}

/** The log cannot be read now. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}
