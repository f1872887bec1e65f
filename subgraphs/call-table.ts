/**
 * The calls that the fields of a subgraph make to its vendor: for each `Type.field`, its reads in sequence. Fields without an entry need no
 * call of
 * their own. The numbers hold for any vendor of the subgraph, and do not include retries.
 */
export type CallTable = Readonly<Record<string, readonly Read[]>>;

export type CallTables = Readonly<Record<string, CallTable>>;

/** One read from a vendor for a field. */
export type Read = ReadUnit & {
  /** Fields of one object share reads of the same name. */
  readonly name?: string;
  /** Number of calls of each read. @default 1 */
  readonly calls?: number;
  /** The read is made only if the field has this argument. */
  readonly argument?: string;
  /** Number of items that come with the object: the read is made only for more, or for later ones. */
  readonly beyond?: number;
  /** The read is made only if the operation selects this `Type.field` somewhere. */
  readonly selected?: string;
};

export type ReadUnit =
  /** Once per object. */
  | { readonly per: 'object' }
  /** Once per `of` objects that are available at the same time. */
  | { readonly per: 'batch'; readonly of: number }
  /** Once per `of` items of the lists of objects that are available at the same time. */
  | { readonly per: 'batchOfItems'; readonly of: number }
  /** Once per `of` items of each object's list, at most `most` times. */
  | { readonly per: 'page'; readonly of: number; readonly most: number }
  /** Once for any number of objects. */
  | { readonly per: 'field' };
