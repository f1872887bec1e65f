import { type Cursor, formatCursor, parseCursor } from '../../../events/log/cursor.ts';
import { isAfter } from '../../../events/log/position.ts';

/**
 * The oldest of the cursors of several streams, from which all of them can resume.
 * @returns undefined if they are of different logs: some of the streams will get `EVENTS_LOST`, which the cursor of another would hide
 */
export function oldestCursor(cursors: readonly string[]): string | undefined {
  let oldest: Cursor | undefined;
  for (const text of cursors) {
    const cursor = parseCursor(text);
    if (cursor === undefined) return undefined;
    oldest ??= cursor;
    if (cursor.log !== oldest.log) return undefined;
    if (isAfter(oldest.position, cursor.position)) oldest = cursor;
  }
  return oldest && formatCursor(oldest);
}
