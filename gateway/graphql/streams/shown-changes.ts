import { OperationTypeNode } from 'graphql';
import { type Cursor, formatCursor } from '../../../events/cursor.ts';
import { earlier, type Position } from '../../../events/position.ts';

/** Of a response to a query: the cursor from which a subscription misses nothing. A request with the value 1 gets it as `extensions.cursor` too. */
export const CURSOR_HEADER = 'x-tributary-cursor';

/** The changes that a response shows: all up to a position, which is known when its request begins. */
export class ShownChanges {
  readonly #log: string;
  #position: Position;

  constructor({ log, position }: Cursor) {
    this.#log = log;
    this.#position = position;
  }

  /** A part of the response is older: a cached one, or a search of a vendor whose index lags. */
  lower(position: Position): void {
    this.#position = earlier(this.#position, position);
  }

  get cursor(): string {
    return formatCursor({ log: this.#log, position: this.#position });
  }
}

interface Answered {
  readonly record: { readonly type: string | undefined };
  readonly shown?: ShownChanges | undefined;
}

/** @returns undefined for what is no query, and where this server knows of no changes */
export const cursorOfQuery = ({ record, shown }: Answered): string | undefined =>
  record.type === OperationTypeNode.QUERY ? shown?.cursor : undefined;
