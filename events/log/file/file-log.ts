import { hash, randomBytes } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Arrivals } from '../arrivals.ts';
import {
  type AppendResult,
  type ChangeLog,
  type LogEntry,
  type LogHead,
  type LogPage,
  LogUnavailable,
  NotStored,
} from '../change-log.ts';
import type { NewEvent } from '../../change.ts';
import { EventMarks } from '../event-marks.ts';
import { errorCodeOf } from './error-code.ts';
import { FileLock } from './file-lock.ts';
import { GroupCommit } from '../group-commit.ts';
import { following, isAfter, justBefore, type Position } from '../position.ts';
import { RecentEntries } from '../recent-entries.ts';
import { REDELIVERY_MS } from '../redelivery.ts';
import {
  entriesOf,
  eventLine,
  lastOf,
  type OpenFile,
  type Segment,
  SegmentLost,
  type StoredEvent,
} from './segment.ts';
import { SegmentWriter } from './segment-writer.ts';
import { findSegments } from './segments.ts';

export interface FileLogOptions {
  /** The prefix of the segments' paths: `events.log.000001`. */
  readonly file: string;
  /** The minimum retention of entries; milliseconds. */
  readonly retentionMs: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** The size at which a new segment begins; bytes. @default 16 MiB */
  readonly segmentBytes?: number;
  /** @default that of `node:fs/promises` */
  readonly openFile?: OpenFile;
}

/**
 * A durable log of one process: checksummed lines in segments, of which the oldest are removed. Concurrent appends share
 * one write and one sync.
 */
export class FileLog implements ChangeLog {
  readonly isShared = false;
  readonly #options: Required<FileLogOptions>;
  readonly #lock: FileLock;
  readonly #log: string;
  readonly #marks: EventMarks;
  readonly #recent: RecentEntries;
  readonly #arrivals = new Arrivals();
  readonly #groups = new GroupCommit((events) => this.#commit(events));
  /** Oldest first. The last one is open for writing. */
  #segments: readonly Segment[];
  #writer: SegmentWriter;
  #last: Position;

  /** @throws Error if another process writes the file, or it cannot be read or written */
  static async open(options: FileLogOptions): Promise<FileLog> {
    const all = { now: Date.now, segmentBytes: SEGMENT_BYTES, openFile: open, ...options };
    await checkPath(options.file);
    const lock = await FileLock.acquire(options.file);
    try {
      return await openLocked(all, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Only for {@link FileLog.open}. */
  constructor(options: Required<FileLogOptions>, lock: FileLock, opened: OpenedLog) {
    this.#options = options;
    this.#lock = lock;
    this.#log = opened.log;
    this.#marks = opened.marks;
    this.#recent = opened.recent;
    this.#segments = opened.segments;
    this.#writer = opened.writer;
    this.#last = opened.last;
  }

  append(events: readonly NewEvent[]): Promise<readonly AppendResult[]> {
    return this.#groups.append(events);
  }

  head(): Promise<LogHead> {
    return Promise.resolve(this.#head());
  }

  async read(after: Position, limit: number): Promise<LogPage> {
    const { position } = this.#head();
    const entries = await this.#entriesAfter(after, limit);
    const newest = entries.at(-1)?.position ?? position;
    // More may have been appended since the head was read: the page is complete up to that head.
    const reached = entries.length >= limit || isAfter(newest, position) ? newest : position;
    return { entries, reached, head: this.#head() };
  }

  async next(after: Position, limit: number, signal: AbortSignal): Promise<LogPage> {
    if (!isAfter(this.#last, after)) await this.#arrivals.next(signal);
    return this.read(after, limit);
  }

  async close(): Promise<void> {
    await this.#groups.settled();
    await this.#writer.close();
    await this.#lock.release();
  }

  #head(): LogHead {
    return {
      log: this.#log,
      position: this.#last,
      floor: this.#readable()[0]?.header.after ?? this.#last,
      time: Math.max(this.#options.now(), this.#last.ms),
    };
  }

  /** The segments of this log within the retention. Older ones remain only for their marks. */
  #readable(): readonly Segment[] {
    const oldest = this.#options.now() - this.#options.retentionMs;
    const own = this.#segments.filter(({ header }) => header.log === this.#log);
    const first = own.findIndex(({ last }) => last.ms >= oldest);
    return first === -1 ? own.slice(-1) : own.slice(first);
  }

  async #entriesAfter(after: Position, limit: number): Promise<readonly LogEntry[]> {
    if (!isAfter(this.#recent.before, after)) return this.#recent.after(after, limit);
    const entries: LogEntry[] = [];
    for (const segment of this.#readable()) {
      if (isAfter(segment.last, after))
        entries.push(...(await this.#readSegment(segment, after, limit - entries.length)));
      if (entries.length >= limit) break;
    }
    return entries.slice(0, limit);
  }

  async #readSegment(
    segment: Segment,
    after: Position,
    limit: number,
  ): Promise<readonly LogEntry[]> {
    try {
      return await segment.read(after, limit);
    } catch (error) {
      if (error instanceof SegmentLost) this.#lose(segment);
      throw new LogUnavailable('The file of the events cannot be read.', { cause: error });
    }
  }

  /** Drops a damaged segment and all before it: cursors before its end are lost. */
  #lose(segment: Segment): void {
    this.#segments = this.#segments.slice(this.#segments.indexOf(segment) + 1);
  }

  async #commit(events: readonly NewEvent[]): Promise<readonly AppendResult[]> {
    const { file, now } = this.#options;
    if (!(await this.#lock.isHeld()))
      throw new NotStored(
        `This process has lost the lock of ${file}: it was removed, or another process holds it. Restart this process.`,
      );
    const group = this.#toStore(events, now());
    if (group.stored.length === 0) return group.results;
    try {
      await this.#renewWriter(now());
      await this.#writer.append(Buffer.concat(group.stored.map(({ line }) => line)));
    } catch (error) {
      if (error instanceof SegmentLost) this.#lose(this.#writer.segment);
      // A cast: what the segments and the file system throw is an error.
      const reason = errorCodeOf(error) ?? (error as Error).message;
      throw new NotStored(`${file} cannot be written: ${reason}`, { cause: error });
    }
    for (const { line, event } of group.stored) {
      this.#writer.segment.grow(line.length, lastOf(event) ?? this.#last);
      this.#marks.add(event.mark, event.at);
      this.#recent.add(entriesOf(event));
      this.#last = lastOf(event) ?? this.#last;
    }
    this.#arrivals.announce();
    return group.results;
  }

  /** Assigns positions to new events. They take effect once they are written. */
  #toStore(events: readonly NewEvent[], at: number) {
    const inGroup = new Set<string>();
    const stored: { readonly line: Buffer; readonly event: StoredEvent }[] = [];
    let last = this.#last;
    const results = events.map(({ key, changes }): AppendResult => {
      const mark = hash('sha256', key, 'base64url').slice(0, MARK_LENGTH);
      if (this.#marks.has(mark) || inGroup.has(mark)) return 'duplicate';
      inGroup.add(mark);
      const event = { mark, at, position: following(last, at), changes };
      last = lastOf(event) ?? last;
      stored.push({ line: eventLine(event), event });
      return 'stored';
    });
    return { results, stored };
  }

  /** Begins a new segment if the current one is full, old or broken, and removes the oldest ones. */
  async #renewWriter(now: number): Promise<void> {
    const { file, retentionMs, segmentBytes, openFile } = this.#options;
    const { segment, isBroken } = this.#writer;
    // So that entries exceed the retention by a quarter at most.
    const isOld = (segment.first?.ms ?? now) < now - retentionMs / 4;
    if (!isBroken && segment.size < segmentBytes && !isOld) return;
    const header = { log: this.#log, after: this.#last, previousBytes: segment.size };
    const writer = await SegmentWriter.create(file, segment.number + 1, header, openFile);
    const before = this.#writer;
    this.#writer = writer;
    this.#segments = [...this.#segments, writer.segment];
    await before.close();
    await this.#removeOldest(now - retentionMs - REDELIVERY_MS);
  }

  async #removeOldest(oldest: number): Promise<void> {
    const surplus = this.#segments.length - MAX_SEGMENTS;
    const kept = this.#segments.findIndex(
      ({ last }, index) => index >= surplus && last.ms >= oldest,
    );
    const first = kept === -1 ? this.#segments.length - 1 : kept;
    for (const { path } of this.#segments.slice(0, first)) await rm(path, { force: true });
    this.#segments = this.#segments.slice(first);
  }
}

/** @throws Error if the path is a folder or a device, or its folder does not exist */
async function checkPath(file: string): Promise<void> {
  const folder = dirname(file);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new Error(
      `the folder ${folder} does not exist, or cannot be read. Create it, on a disk that outlives the process.`,
    );
  const found = await stat(file).catch(() => undefined);
  if (/[/\\]$/.test(file) || found?.isDirectory() === true)
    throw new Error(
      `${file} is a folder. Add the name of a file: the segments of the log begin with it.`,
    );
  if (found?.isFile() === false) throw new Error(`${file} is not a regular file.`);
}

/** An existing or new log. */
interface OpenedLog {
  readonly log: string;
  readonly segments: readonly Segment[];
  readonly writer: SegmentWriter;
  readonly marks: EventMarks;
  readonly recent: RecentEntries;
  readonly last: Position;
}

async function openLocked(options: Required<FileLogOptions>, lock: FileLock): Promise<FileLog> {
  const { file, retentionMs, openFile } = options;
  const marks = new EventMarks(retentionMs + REDELIVERY_MS);
  let newest: { readonly log: string; readonly recent: RecentEntries } | undefined;
  const {
    log: found,
    segments,
    last,
    number,
  } = await findSegments(file, (event, log) => {
    marks.add(event.mark, event.at);
    if (newest?.log !== log)
      newest = { log, recent: new RecentEntries(MAX_RECENT, justBefore(event.position)) };
    newest.recent.add(entriesOf(event));
  });
  const log = found ?? randomBytes(5).toString('hex');
  const before = segments.at(-1);
  const opened = { log, marks, last };
  const none = new RecentEntries(MAX_RECENT, last);
  if (before !== undefined && found !== undefined) {
    const recent = newest?.log === found ? newest.recent : none;
    const writer = await SegmentWriter.reopen(before, openFile);
    return new FileLog(options, lock, { ...opened, recent, writer, segments });
  }
  const header = { log, after: last, previousBytes: before?.size ?? 0 };
  const writer = await SegmentWriter.create(file, number + 1, header, openFile);
  const all = [...segments, writer.segment];
  return new FileLog(options, lock, { ...opened, recent: none, writer, segments: all });
}

const SEGMENT_BYTES = 16 * 1024 * 1024;
/** 512 MiB. */
const MAX_SEGMENTS = 32;
/** The most entries in memory. Older ones are read from the file. */
const MAX_RECENT = 10_000;
/** 128 bits. */
const MARK_LENGTH = 22;
