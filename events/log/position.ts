import { z } from 'zod';

/**
 * The position of an entry in the change log, in the form of Redis' stream ids. The milliseconds are the log's clock. Positions are unique and
 * ascending.
 */
export interface Position {
  readonly ms: number;
  readonly seq: number;
}

/** Before all entries. */
export const ORIGIN: Position = { ms: 0, seq: 0 };

/** Negative if `one` is before `other`. */
export const comparePositions = (one: Position, other: Position): number =>
  one.ms - other.ms || one.seq - other.seq;

export const isAfter = (one: Position, other: Position): boolean =>
  comparePositions(one, other) > 0;

export const earlier = (one: Position, other: Position): Position =>
  isAfter(one, other) ? other : one;

/** The next position after `last`. The time may be earlier than its: clocks are set back. */
export const following = (last: Position, ms: number): Position =>
  ms > last.ms ? { ms, seq: 0 } : { ms: last.ms, seq: last.seq + 1 };

/** The greatest position before `position`. */
export const justBefore = ({ ms, seq }: Position): Position =>
  seq > 0 ? { ms, seq: seq - 1 } : { ms: Math.max(0, ms - 1), seq: ms > 0 ? MAX_SEQ : 0 };

/** More entries than a millisecond can have. */
const MAX_SEQ = 999_999_999;

/** `1764370800000-0` */
export const formatPosition = ({ ms, seq }: Position): string => `${String(ms)}-${String(seq)}`;

/** @returns undefined if the text is not a position */
export function parsePosition(text: string): Position | undefined {
  const [, ms, seq] = POSITION.exec(text) ?? [];
  return ms === undefined || seq === undefined ? undefined : { ms: Number(ms), seq: Number(seq) };
}

const POSITION = /^(\d{1,15})-(\d{1,9})$/;

/** Parses a stored position. */
export const POSITION_TEXT = z.string().transform((text, context): Position => {
  const position = parsePosition(text);
  if (position !== undefined) return position;
  context.addIssue('must be a position, such as 1764370800000-0.');
  return z.NEVER;
});
