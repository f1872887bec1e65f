import type { LogHead } from './change-log.ts';
import { formatPosition, isAfter, parsePosition, type Position } from './position.ts';

/** A place in one change log, as clients get it and give it back: everything up to it has been seen. */
export interface Cursor {
  /** Which log it is: another one after its entries were lost. */
  readonly log: string;
  readonly position: Position;
}

/** `b7f3k2m9.1764370800000-0`. Opaque to clients. */
export const formatCursor = ({ log, position }: Cursor): string =>
  `${log}.${formatPosition(position)}`;

/** @returns undefined where the text is no cursor */
export function parseCursor(text: string): Cursor | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const dot = text.indexOf('.');
  const position = parsePosition(text.slice(dot + 1));
  return dot < 1 || position === undefined ? undefined : { log: text.slice(0, dot), position };
}

const MAX_LENGTH = 100;

/**
 * Why entries after a cursor may be missing. `other-log`: the log of the cursor was lost. `trimmed`: entries after it are not kept any more. `ahead`:
 * the log has not come so far, because it was set back.
 */
export type CursorLoss = 'other-log' | 'trimmed' | 'ahead';

/**
 * @param head is of the log itself: that of this process's tail may be behind a cursor of another instance.
 * @returns undefined where every entry after the cursor is there
 */
export function lossAfter({ log, position }: Cursor, head: LogHead): CursorLoss | undefined {
  if (log !== head.log) return 'other-log';
  if (isAfter(head.floor, position)) return 'trimmed';
  return isAfter(position, head.position) ? 'ahead' : undefined;
}
