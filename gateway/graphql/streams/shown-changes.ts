import { OperationTypeNode } from 'graphql';
import { type Cursor, formatCursor } from '../../../events/log/cursor.ts';

/** Of a response to a query: the cursor from which a subscription misses nothing. A request with the value 1 gets it as `extensions.cursor` too. */
export const CURSOR_HEADER = 'x-tributary-cursor';

interface Answered {
  readonly record: { readonly type: string | undefined };
  readonly shown?: Cursor | undefined;
}

/** @returns undefined for what is no query, and where this server knows of no changes */
export const cursorOfQuery = ({ record, shown }: Answered): string | undefined =>
  record.type === OperationTypeNode.QUERY && shown !== undefined ? formatCursor(shown) : undefined;
