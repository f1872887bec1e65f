import { open } from 'node:fs/promises';
import { type ChangeLog, type LogEntry, LogUnavailable } from '../change-log.ts';
import { comparePositions, isAfter, ORIGIN, type Position } from '../position.ts';
import { entriesOf, lastOf, readLines } from './segment.ts';
import { readHeaders, type SegmentFile } from './segments.ts';

/**
 * Reads the file of a log that another process writes. Needs no lock, and changes nothing.
 * @param file is the value of `EVENTS_FILE`
 */
export function readFileLog(file: string): Pick<ChangeLog, 'head' | 'read'> {
  /** The end of the last page, where the next one starts. */
  let ended: { readonly position: Position; readonly number: number; readonly offset: number } = {
    position: ORIGIN,
    number: 0,
    offset: 0,
  };
  const head = async () => {
    const segments = await segmentsOf(file);
    const [first, last] = [segments[0], segments.at(-1)];
    if (first === undefined || last === undefined)
      throw new LogUnavailable(`There are no events in ${file}.`);
    const isKnown = last.number === ended.number;
    let position = isKnown ? ended.position : last.header.after;
    for await (const { event } of eventsIn(last, isKnown ? ended.offset : last.headerBytes))
      position = lastOf(event) ?? position;
    return { log: last.header.log, position, floor: first.header.after, time: Date.now() };
  };
  return {
    head,
    read: async (after, limit) => {
      const current = await head();
      const entries: LogEntry[] = [];
      const segments = await segmentsOf(file);
      for (const [index, segment] of segments.entries()) {
        const isKnown = comparePositions(ended.position, after) === 0;
        if (isKnown && segment.number < ended.number) continue;
        const from =
          isKnown && segment.number === ended.number ? ended.offset : segment.headerBytes;
        const next = segments[index + 1];
        const to = next?.number === segment.number + 1 ? next.header.previousBytes : undefined;
        for await (const { event, end } of eventsIn(segment, from, to)) {
          entries.push(...entriesOf(event).filter(({ position }) => isAfter(position, after)));
          const position = lastOf(event);
          if (position !== undefined) ended = { position, number: segment.number, offset: end };
          if (entries.length >= limit) break;
        }
        if (entries.length >= limit) break;
      }
      const reached =
        entries.at(-1)?.position ?? (isAfter(current.position, after) ? current.position : after);
      return { entries, reached, head: current };
    },
  };
}

/** The segments of the current log. */
async function segmentsOf(file: string): Promise<readonly SegmentFile[]> {
  try {
    const { files: all } = await readHeaders(file, () => Promise.resolve());
    const log = all.at(-1)?.header.log;
    return all.filter(({ header }) => header.log === log);
  } catch (error) {
    throw new LogUnavailable(`${file} cannot be read.`, { cause: error });
  }
}

/**
 * Stops at the first damaged or incomplete line.
 * @param to is the end of its acknowledged lines, if another segment follows
 */
async function* eventsIn({ path }: SegmentFile, from: number, to = Infinity) {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    for await (const { event, offset, bytes } of readLines(handle, from, Math.min(size, to))) {
      if (event === undefined) return;
      yield { event, end: offset + bytes };
    }
  } finally {
    await handle.close();
  }
}
