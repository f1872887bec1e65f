import type { Change, NewEvent } from '../change.ts';
import type { Position } from './position.ts';

/**
 * The changes that vendors have told of, in the order in which they were stored. In Redis where `REDIS_URL` is set: then all instances append to one
 * log and read it. Else in a file or in memory.
 */
export interface ChangeLog {
  /** Whether other processes append to it and read it. */
  readonly isShared: boolean;
  /**
   * Stores events, each with all of its changes or not at all. Resolves once they would survive the end of the process and of the machine.
   * @returns for each event whether it was new
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
   * Waits until there are entries after a position, then returns them; after a few seconds without any, or when the signal is aborted, it returns
   * an empty page. For one caller at a time: `LogTail`.
   * @throws LogUnavailable
   */
  next(after: Position, limit: number, signal: AbortSignal): Promise<LogPage>;
  close(): Promise<void>;
}

export type AppendResult = 'stored' | 'duplicate';

/** How far a log goes. */
export interface LogHead {
  /** Names the log: another one after its entries were lost. At most 32 letters and digits. */
  readonly log: string;
  /** Of the newest entry; the floor where there is none. */
  readonly position: Position;
  /** Entries up to here are not kept any more. */
  readonly floor: Position;
  /** What the log's clock says; milliseconds since 1970. Clocks of hosts are never compared. */
  readonly time: number;
}

export interface LogEntry {
  readonly position: Position;
  readonly change: Change;
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** All entries up to here are in this page or before it. The head's position where the page is the last one. */
  readonly reached: Position;
  readonly head: LogHead;
}

/**
 * Events were not stored, or it is not known whether they would survive: the vendor must send them again. Those that were stored are then
 * duplicates.
 */
export class NotStored extends Error {
  override readonly name = 'NotStored';
}

/** The log cannot be read now. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}
