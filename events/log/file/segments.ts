import { open, readdir, rm, truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { comparePositions, ORIGIN, type Position } from '../position.ts';
import {
  lastOf,
  readHeader,
  readLines,
  Segment,
  type SegmentHeader,
  type StoredEvent,
} from './segment.ts';

/** The segments of a log at start. */
export interface FoundSegments {
  /** Oldest first. Includes segments of earlier logs, for their marks. */
  readonly segments: readonly Segment[];
  /** The position of the last event in any of them. */
  readonly last: Position;
  /**
   * The name of the log. Undefined if there is none, or acknowledged entries are missing: then a new log begins, so that
   * clients that resume are informed of the loss.
   */
  readonly log: string | undefined;
  /** The highest segment number, damaged ones included; 0 if there is none. */
  readonly number: number;
}

export const segmentPath = (file: string, number: number) =>
  `${file}.${String(number).padStart(NUMBER_LENGTH, '0')}`;

const NUMBER_LENGTH = 6;

/**
 * Reads all events of a log, oldest first. Truncates a partial write at the end: it was never acknowledged.
 * @param onEvent receives each event with the name of its log
 */
export async function findSegments(
  file: string,
  onEvent: (event: StoredEvent, log: string) => void,
): Promise<FoundSegments> {
  const { files, damaged } = await readHeaders(file, (path) => rm(path));
  const newest = files.at(-1);
  const log = newest?.header.log;
  const segments: Segment[] = [];
  let last = ORIGIN;
  // Damaged segments between others are gaps in the numbers.
  let isWhole = damaged.every((number) => newest !== undefined && number < newest.number);
  for (const [index, one] of files.entries()) {
    const next = files[index + 1];
    const { segment, isDamaged } = await readSegment(one, next?.header, onEvent);
    const before = segments.at(-1);
    const follows =
      before?.header.log !== one.header.log ||
      (before.number + 1 === one.number && comparePositions(before.last, one.header.after) === 0);
    if (one.header.log === log && (isDamaged || !follows)) isWhole = false;
    segments.push(segment);
    last = [last, segment.last].reduce((a, b) => (comparePositions(a, b) > 0 ? a : b));
  }
  const number = Math.max(0, newest?.number ?? 0, ...damaged);
  return { segments, last, log: isWhole ? log : undefined, number };
}

export interface SegmentFile {
  readonly path: string;
  readonly number: number;
  readonly header: SegmentHeader;
  readonly headerBytes: number;
}

export interface SegmentHeaders {
  /** Oldest first. */
  readonly files: readonly SegmentFile[];
  /** The numbers of segments whose header was damaged after it had been written. */
  readonly damaged: readonly number[];
}

/**
 * The current segments of a log.
 * @param onUnfinished receives trailing segments whose creation was not finished: they have no events
 */
export async function readHeaders(
  file: string,
  onUnfinished: (path: string) => Promise<void>,
): Promise<SegmentHeaders> {
  const files: SegmentFile[] = [];
  const damaged: number[] = [];
  let unfinished: string[] = [];
  for (const number of await numbersOf(file)) {
    const path = segmentPath(file, number);
    const read = await readHeaderOf(path);
    if (read === 'unfinished') {
      unfinished.push(path);
      continue;
    }
    unfinished = [];
    if (read === 'damaged') damaged.push(number);
    else files.push({ path, number, header: read.header, headerBytes: read.bytes });
  }
  for (const path of unfinished) await onUnfinished(path);
  return { files, damaged };
}

/** Ascending. */
async function numbersOf(file: string): Promise<readonly number[]> {
  const prefix = `${basename(file)}.`;
  const names = await readdir(dirname(file));
  return names
    .filter((name) => name.startsWith(prefix) && /^\d{6,9}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((one, other) => one - other);
}

async function readHeaderOf(path: string) {
  const handle = await open(path, 'r');
  try {
    return await readHeader(handle);
  } finally {
    await handle.close();
  }
}

async function readSegment(
  { path, number, header, headerBytes }: SegmentFile,
  next: SegmentHeader | undefined,
  onEvent: (event: StoredEvent, log: string) => void,
): Promise<{ readonly segment: Segment; readonly isDamaged: boolean }> {
  const segment = new Segment(path, number, header, headerBytes);
  const handle = await open(path, 'r');
  let isCut = false;
  let isDamaged = false;
  try {
    const { size } = await handle.stat();
    const end = next === undefined ? size : Math.min(size, next.previousBytes);
    for await (const { event, bytes } of readLines(handle, headerBytes, end)) {
      // A valid line after a damaged one: this is damage, not a partial write.
      if (event !== undefined && isCut) isDamaged = true;
      if (event === undefined) isCut = true;
      if (event !== undefined) onEvent(event, header.log);
      if (event !== undefined && !isCut) segment.grow(bytes, lastOf(event) ?? segment.last);
    }
    if (next !== undefined && segment.size !== next.previousBytes) isDamaged = true;
    if (next === undefined && isCut && !isDamaged) await cut(path, segment.size);
  } finally {
    await handle.close();
  }
  return { segment, isDamaged };
}

async function cut(path: string, size: number): Promise<void> {
  await truncate(path, size);
  const handle = await open(path, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Makes the creation or removal of a file durable. */
export async function syncFolder(file: string): Promise<void> {
  const handle = await open(dirname(join(file)), 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
