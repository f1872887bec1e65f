import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChangeLog, LogEntry, LogHead } from '../../../events/log/change-log.ts';
import { type Cursor, lossAfter } from '../../../events/log/cursor.ts';
import { isAfter, type Position } from '../../../events/log/position.ts';

/** Entries of the log that a resumed stream has missed. */
export interface ReplayedPage {
  readonly entries: readonly LogEntry[];
  readonly head: LogHead;
  /** Whether entries after the cursor are not kept any more. */
  readonly isLost: boolean;
  /** All entries up to here have been read. */
  readonly through: Position;
}

/**
 * Reads the entries after a cursor. A long log is read page by page, with requests in between.
 * @throws LogUnavailable
 */
export async function replayPage(log: ChangeLog, after: Cursor): Promise<ReplayedPage> {
  const { entries, head } = await log.read(after.position, PAGE);
  await nextTurn();
  const isLost = lossAfter(after, head) !== undefined;
  return { entries, head, isLost, through: entries.at(-1)?.position ?? head.position };
}

/**
 * Whether the tail tells of all that comes after a page.
 * @param tailHead is undefined where the tail has heard of nothing yet: it begins long before now, and so before the end of the log
 */
export const isCaughtUp = (
  entries: readonly LogEntry[],
  through: Position,
  tailHead: LogHead | undefined,
): boolean =>
  tailHead === undefined ? entries.length < PAGE : !isAfter(tailHead.position, through);

/** Entries. */
const PAGE = 500;
