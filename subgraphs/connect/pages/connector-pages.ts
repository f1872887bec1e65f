import type { PagesPolicy } from './pages-policy.ts';

/** How a connector reads a paged list. */
export interface ConnectorPages {
  readonly policy: PagesPolicy;
  /** The field of the selection's result that contains the items; undefined if the result is the items. */
  readonly itemsIn: string | undefined;
  /** A Relay connection, a plain list, or the objects of a batch. */
  readonly resultKind: 'connection' | 'list' | 'batch';
  /** Type of the items, if the selection returns them and the field is a connection. */
  readonly itemType: string | undefined;
  /** Fields of a connection, its edges and its page info that no selection provides: `OrderConnection.pageInfo`. */
  readonly fields: ReadonlySet<string>;
}
