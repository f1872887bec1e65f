/** The maximum size of a document, checked before validation. Each limit applies to the whole document. */
export interface DocumentLimits {
  /** Names, numbers, strings and punctuation. */
  readonly tokens: number;
  /** Nested levels of selections and fragments. */
  readonly depth: number;
  /** Fields and fragments, counted at each spread. */
  readonly selections: number;
  /** Aliased fields, `__typename` included, counted at each spread. */
  readonly aliases: number;
  /** Root fields, counted at each spread. */
  readonly rootFields: number;
  /** Directives on and in operations, counted at each spread. */
  readonly directives: number;
  /** Pairs of fields with the same response path, which validation compares with each other. */
  readonly repetitions: number;
}

/** At least ten times what the example operations need; an introspection query has 230 selections and 15 levels. */
export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = Object.freeze({
  tokens: 4000,
  depth: 50,
  selections: 1000,
  aliases: 500,
  rootFields: 50,
  directives: 100,
  repetitions: 10_000,
});

/** For subgraph services, which receive a gateway's operations: the gateway has applied narrower limits to the client. */
export const SERVICE_DOCUMENT_LIMITS: DocumentLimits = Object.freeze({
  tokens: 40_000,
  depth: 100,
  selections: 20_000,
  aliases: 20_000,
  rootFields: 1000,
  directives: 10_000,
  repetitions: 100_000,
});
