import { OperationTypeNode } from 'graphql';
import type { LogHead } from '../../../events/log/change-log.ts';
import { type Cursor, formatCursor } from '../../../events/log/cursor.ts';
import { earlier, justBefore } from '../../../events/log/position.ts';
import { areOfKnownAge, type OlderRead } from '../../../request/cache-tags.ts';
import type { ServedContext } from '../served-context.ts';

type QueryContext = Pick<ServedContext, 'logHead'> & {
  readonly record: Pick<ServedContext['record'], 'type'>;
  readonly scope: { readonly trace: Pick<ServedContext['scope']['trace'], 'olderReads'> };
};

/** @returns undefined if the operation is not a query, there is no change log, or a part of the response is of unknown age */
export const cursorOfQuery = ({ record, scope, logHead }: QueryContext): string | undefined =>
  record.type === OperationTypeNode.QUERY &&
  logHead !== undefined &&
  areOfKnownAge(scope.trace.olderReads, logHead.log)
    ? formatCursor(lastShownCursor(logHead, scope.trace.olderReads))
    : undefined;

/**
 * The cursor up to which a response shows all changes: the head of the log when the request began, or the oldest read in the response.
 */
function lastShownCursor(head: LogHead, reads: readonly OlderRead[]): Cursor {
  const { log } = head;
  let { position } = head;
  for (const { requestedAt = head, lagMs } of reads) {
    position = earlier(position, requestedAt.position);
    if (lagMs > 0) {
      const ms = Math.max(0, Math.floor(requestedAt.time - lagMs));
      position = earlier(position, justBefore({ ms, seq: 0 }));
    }
  }
  return { log, position };
}
