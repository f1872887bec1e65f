import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChangeLog, LogEntry, LogHead } from '../../../events/log/change-log.ts';
import { type Cursor, lossAfter } from '../../../events/log/cursor.ts';
import { isAfter, type Position } from '../../../events/log/position.ts';

/** A page of the log's entries that a resumed stream has missed. */
export interface ReplayedPage {
  readonly entries: readonly LogEntry[];
  readonly head: LogHead;
  /** Whether entries after the cursor are lost. */
  readonly isLost: boolean;
  /** All entries up to this position have been read. */
  readonly through: Position;
}

/**
 * Reads a page of the entries after a cursor. Other requests run between pages.
 * @throws LogUnavailable
 */
export async function replayPage(log: ChangeLog, after: Cursor): Promise<ReplayedPage> {
  const { entries, head, reached } = await log.read(after.position, PAGE);
  await nextTurn();
  const isLost = lossAfter(after, head) !== undefined;
  return { entries, head, isLost, through: reached };
}

/**
 * Whether the tail delivers all entries after a page.
 * @param tailHead is undefined before the tail's first page: it begins before the end of the log
 */
export const isCaughtUp = (
  { head, through }: Pick<ReplayedPage, 'head' | 'through'>,
  tailHead: LogHead | undefined,
): boolean => {
  const { log, position } = tailHead ?? head;
  return log === head.log && !isAfter(position, through);
};

/**
 * Whether the tail has not noticed yet that the log was replaced or set back.
 * @param tailHead is from before the page was read
 */
export const isTailBehind = (
  { head }: Pick<ReplayedPage, 'head'>,
  tailHead: LogHead | undefined,
): boolean =>
  tailHead !== undefined &&
  (tailHead.log !== head.log || isAfter(tailHead.position, head.position));

/** The number of entries. */
const PAGE = 500;
