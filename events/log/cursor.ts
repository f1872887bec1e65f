import type { LogHead } from './change-log.ts';
import { formatPosition, isAfter, parsePosition, type Position } from './position.ts';

/** A position in one change log, from which clients resume a stream: they have seen everything up to it. */
export interface Cursor {
  /** The name of the log. It changes if entries are lost. */
  readonly log: string;
  readonly position: Position;
}

/** `b7f3k2m9.1764370800000-0`. Opaque to clients. */
export const formatCursor = ({ log, position }: Cursor): string =>
  `${log}.${formatPosition(position)}`;

/** @returns undefined if the text is not a cursor */
export function parseCursor(text: string): Cursor | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const dot = text.indexOf('.');
  const log = text.slice(0, Math.max(0, dot));
  const position = parsePosition(text.slice(dot + 1));
  return !LOG_NAME.test(log) || position === undefined ? undefined : { log, position };
}

const MAX_LENGTH = 100;

/** A stream writes the cursor of its client as the id of an event, so it must not contain a line break. */
const LOG_NAME = /^[a-z\d]{1,32}$/i;

/**
 * Why entries after a cursor may be missing. `other-log`: the log of the cursor was lost. `trimmed`: entries after it were trimmed. `ahead`:
 * the cursor is past the head, because the log was set back.
 */
export type CursorLoss = 'other-log' | 'trimmed' | 'ahead';

/**
 * @param head must be read from the log: this process's tail may be behind a cursor of another instance.
 * @returns undefined if every entry after the cursor is stored
 */
export function lossAfter({ log, position }: Cursor, head: LogHead): CursorLoss | undefined {
  if (log !== head.log) return 'other-log';
  if (isAfter(head.floor, position)) return 'trimmed';
  return isAfter(position, head.position) ? 'ahead' : undefined;
}
