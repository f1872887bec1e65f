import type { PagesPolicy } from './pages-policy.ts';

/** How a connector reads a list page by page. */
export interface ConnectorPages {
  readonly policy: PagesPolicy;
  /** The field of what the selection gives that has the items; undefined where the selection gives them themselves. */
  readonly itemsIn: string | undefined;
  /** A Relay connection, a plain list, or the objects of a batch. */
  readonly resultKind: 'connection' | 'list' | 'batch';
  /** Of the items, where the selection gives them and the field gives a connection. */
  readonly itemType: string | undefined;
  /** Fields of a connection, its edges and its page info that no selection gives: `OrderConnection.pageInfo`. */
  readonly fields: ReadonlySet<string>;
}
