/**
 * How many calls the fields of a part of the graph make to its vendor: for each `Type.field` the reads that it takes, one after the
 * other. Fields that are not in it come along with their object. Numbers hold for any vendor of the part that is well: a call that is
 * repeated because it failed is not foreseen.
 */
export type CallTable = Readonly<Record<string, readonly Read[]>>;

export type CallTables = Readonly<Record<string, CallTable>>;

/** What is asked of a vendor at one step of answering a field. */
export type Read = ReadUnit & {
  /** Fields of one object whose reads have the same name share them. */
  readonly name?: string;
  /** How many calls each takes. @default 1 */
  readonly calls?: number;
  /** Is made only where the field has this argument. */
  readonly given?: string;
  /** So many items of the field's list come along with its object: it is made only for more, or for later ones. */
  readonly beyond?: number;
  /** Is made only where the operation selects this `Type.field` somewhere. */
  readonly selected?: string;
};

export type ReadUnit =
  /** Once for each object. */
  | { readonly per: 'object' }
  /** Once for so many objects that are there at the same time. */
  | { readonly per: 'batch'; readonly of: number }
  /** Once for so many items of the lists of objects that are there at the same time. */
  | { readonly per: 'batchOfItems'; readonly of: number }
  /** Once for so many items of each object's list, and no more than `most` times. */
  | { readonly per: 'page'; readonly of: number; readonly most: number }
  /** Once, however many objects there are. */
  | { readonly per: 'field' };
