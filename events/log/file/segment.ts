import { type FileHandle, open, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { LogEntry } from '../change-log.ts';
import { toChange } from '../change-text.ts';
import type { Change } from '../../change.ts';
import { errorCodeOf } from './error-code.ts';
import { formatPosition, isAfter, POSITION_TEXT, type Position } from '../position.ts';

/** The first line of a segment. */
export interface SegmentHeader {
  /** The log's name. */
  readonly log: string;
  /** The position of the last entry before this segment. */
  readonly after: Position;
  /** The valid size of the previous segment. Bytes after it were never acknowledged. */
  readonly previousBytes: number;
}

/** One line: an event with all its changes. */
export interface StoredEvent {
  /** The digest of its key. */
  readonly mark: string;
  /** When it was stored; milliseconds since 1970. */
  readonly at: number;
  /** Its first change's. The others follow without a gap. */
  readonly position: Position;
  /** Undefined for one that cannot be parsed. It still occupies a position. */
  readonly changes: readonly (Change | undefined)[];
}

/** The signature of `open` of `node:fs/promises`. */
export type OpenFile = (path: string, flags: string) => Promise<FileHandle>;

/** One file of a log. */
export class Segment {
  readonly path: string;
  readonly number: number;
  readonly header: SegmentHeader;
  /** A sparse index: offsets of lines, with the position of the last entry before each. */
  readonly #index: { readonly after: Position; readonly offset: number }[] = [];
  #size: number;
  #first: Position | undefined;
  #last: Position;

  constructor(path: string, number: number, header: SegmentHeader, size: number) {
    this.path = path;
    this.number = number;
    this.header = header;
    this.#size = size;
    this.#last = header.after;
  }

  /** Valid bytes. */
  get size(): number {
    return this.#size;
  }

  /** The last position of its first event; undefined if it has none. */
  get first(): Position | undefined {
    return this.#first;
  }

  /** The position of the last entry in it, or before it. */
  get last(): Position {
    return this.#last;
  }

  /** Counts lines that were appended or read. */
  grow(bytes: number, last: Position): void {
    const indexed = this.#index.at(-1)?.offset ?? 0;
    if (this.#size - indexed >= INDEX_BYTES)
      this.#index.push({ after: this.#last, offset: this.#size });
    this.#size += bytes;
    this.#first ??= last;
    if (isAfter(last, this.#last)) this.#last = last;
  }

  /**
   * Entries after a position: up to the limit, or a few more to complete an event.
   * @throws SegmentLost
   */
  async read(after: Position, limit: number): Promise<LogEntry[]> {
    const from = this.#index.findLast((one) => !isAfter(one.after, after))?.offset ?? 0;
    const entries: LogEntry[] = [];
    const size = this.#size;
    let end = from;
    const handle = await open(this.path, 'r').catch((error: unknown) => this.#refuse(error));
    try {
      for await (const { event, offset, bytes } of readLines(handle, from, size)) {
        end = offset + bytes;
        // The first line is the header.
        if (event === undefined && offset > 0) throw new SegmentLost(this.path);
        if (event === undefined) continue;
        for (const entry of entriesOf(event))
          if (isAfter(entry.position, after)) entries.push(entry);
        if (entries.length >= limit) return entries;
      }
    } finally {
      await handle.close();
    }
    if (end < size) throw new SegmentLost(this.path);
    return entries;
  }

  /** @throws SegmentLost if its file has another size: another program has removed, replaced or truncated it */
  async check(size: number): Promise<void> {
    const found = await stat(this.path).catch((error: unknown) => this.#refuse(error));
    if (found.size !== size) throw new SegmentLost(this.path);
  }

  #refuse(error: unknown): never {
    throw errorCodeOf(error) === 'ENOENT' ? new SegmentLost(this.path, { cause: error }) : error;
  }
}

/** The file of a segment was removed or changed. */
export class SegmentLost extends Error {
  override readonly name = 'SegmentLost';

  constructor(path: string, options?: ErrorOptions) {
    super(`${path} was removed or changed by another program.`, options);
  }
}

/** The distance between lines in the index. */
const INDEX_BYTES = 65_536;

export const entriesOf = ({ position: { ms, seq }, changes }: StoredEvent): LogEntry[] =>
  changes.flatMap((change, index) =>
    change === undefined ? [] : [{ position: { ms, seq: seq + index }, change }],
  );

/** The position of an event's last change; undefined if it has none. */
export const lastOf = ({ position: { ms, seq }, changes }: StoredEvent): Position | undefined =>
  changes.length === 0 ? undefined : { ms, seq: seq + changes.length - 1 };

export const headerLine = ({ log, after, previousBytes }: SegmentHeader): Buffer =>
  toLine({ log, after: formatPosition(after), previousBytes });

export const eventLine = ({ mark, at, position, changes }: StoredEvent): Buffer =>
  toLine({ mark, at, position: formatPosition(position), changes });

/** A checksum, a space, and the JSON that it covers. */
function toLine(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from(`${checksumOf(text)} `), text, NEWLINE]);
}

const NEWLINE = Buffer.from('\n');
const CHECKSUM_LENGTH = 8;

const checksumOf = (text: Buffer) => crc32(text).toString(16).padStart(CHECKSUM_LENGTH, '0');

/** @returns `unfinished` if the first line is incomplete. Then nothing follows it. */
export async function readHeader(
  handle: FileHandle,
): Promise<{ readonly header: SegmentHeader; readonly bytes: number } | 'unfinished' | 'damaged'> {
  const { size } = await handle.stat();
  for await (const { value, bytes, isEnded } of readLines(handle, 0, Math.min(size, MAX_HEADER))) {
    const read = HEADER.safeParse(value);
    if (read.success) return { header: read.data, bytes };
    return isEnded || size > MAX_HEADER ? 'damaged' : 'unfinished';
  }
  return 'unfinished';
}

const MAX_HEADER = 1024;

interface Line {
  readonly offset: number;
  /** Including its newline. */
  readonly bytes: number;
  /** Whether it has its newline. */
  readonly isEnded: boolean;
  /** Undefined if the line is damaged. */
  readonly value: unknown;
  readonly event: StoredEvent | undefined;
}

/** Reads the lines between two offsets. A last line without a newline is damaged. */
export async function* readLines(
  handle: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let offset = from;
  for (let at = from; at < to;) {
    const chunk = Buffer.alloc(Math.min(CHUNK, to - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      yield toRead(rest.subarray(0, end), offset, end + 1);
      rest = rest.subarray(end + 1);
      offset += end + 1;
    }
  }
  if (rest.length > 0)
    yield { offset, bytes: rest.length, isEnded: false, value: undefined, event: undefined };
}

const CHUNK = 262_144;

function toRead(line: Buffer, offset: number, bytes: number): Line {
  const text = line.subarray(CHECKSUM_LENGTH + 1);
  const isWhole = line.toString('latin1', 0, CHECKSUM_LENGTH) === checksumOf(text);
  const ended = { offset, bytes, isEnded: true };
  if (!isWhole) return { ...ended, value: undefined, event: undefined };
  const value: unknown = JSON.parse(text.toString());
  const read = EVENT.safeParse(value);
  return { ...ended, value, event: read.success ? read.data : undefined };
}

const HEADER = z.object({ log: z.string(), after: POSITION_TEXT, previousBytes: z.int() });

const EVENT = z.object({
  mark: z.string(),
  at: z.number(),
  position: POSITION_TEXT,
  changes: z.array(z.unknown()).transform((changes) => changes.map(toChange)),
});
