import { OperationTypeNode } from 'graphql';
import type { LogHead } from '../../../events/log/change-log.ts';
import { type Cursor, formatCursor } from '../../../events/log/cursor.ts';
import { earlier, justBefore } from '../../../events/log/position.ts';
import type { OlderRead } from '../../../request/cache-tags.ts';
import type { ServedContext } from '../served-context.ts';

type QueryContext = Pick<ServedContext, 'logHead'> & {
  readonly record: Pick<ServedContext['record'], 'type'>;
  readonly scope: { readonly trace: Pick<ServedContext['scope']['trace'], 'olderReads'> };
};

/** @returns undefined for what is no query, and where this server knows of no changes */
export const cursorOfQuery = ({ record, scope, logHead }: QueryContext): string | undefined =>
  record.type === OperationTypeNode.QUERY && logHead !== undefined
    ? formatCursor(lastShownCursor(logHead, scope.trace.olderReads))
    : undefined;

/**
 * Up to where a response shows all changes: where the log was when its request began, or the oldest that it was made of.
 * @param reads of another log say nothing: their changes are none of this log's
 */
function lastShownCursor(head: LogHead, reads: readonly OlderRead[]): Cursor {
  const { log } = head;
  let { position } = head;
  for (const { requestedAt = head, lagMs } of reads) {
    if (requestedAt.log !== log) continue;
    position = earlier(position, requestedAt.position);
    if (lagMs > 0) {
      const ms = Math.max(0, Math.floor(requestedAt.time - lagMs));
      position = earlier(position, justBefore({ ms, seq: 0 }));
    }
  }
  return { log, position };
}
