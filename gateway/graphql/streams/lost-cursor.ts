import type { LogHead } from '../../../events/change-log.ts';
import type { Cursor } from '../../../events/cursor.ts';
import { isAfter } from '../../../events/position.ts';

/** Whether a log has not got all changes after a cursor: it is another log, has trimmed them, or has lost its newest entries. */
export const isLost = ({ log, position }: Cursor, head: LogHead): boolean =>
  log !== head.log || isAfter(head.floor, position) || isAfter(position, head.position);
