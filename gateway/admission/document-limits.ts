/** How large the text of a request may be, before it is known what it means. Each limit counts the whole document. */
export interface DocumentLimits {
  /** Names, numbers, texts and punctuation marks. */
  readonly tokens: number;
  /** Levels of selections and fragments within each other. */
  readonly depth: number;
  /** Fields and fragments, each counted wherever it is spread. */
  readonly selections: number;
  /** Fields under another name, `__typename` included, counted like selections. */
  readonly aliases: number;
  /** Fields of the root types, counted like selections. */
  readonly rootFields: number;
  /** Directives on operations and in them, counted like selections. */
  readonly directives: number;
  /** Pairs of fields that go into one place of the answer, which have to be compared with each other. */
  readonly repetitions: number;
}

/** Ten times what the example operations need, or more; an introspection query has 230 selections and is 15 levels deep. */
export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = Object.freeze({
  tokens: 4000,
  depth: 50,
  selections: 1000,
  aliases: 500,
  rootFields: 50,
  directives: 100,
  repetitions: 10_000,
});

/** For a service of a subgraph, which a gateway asks in a gateway's words: the gateway's own client has been held to narrower ones. */
export const SERVICE_DOCUMENT_LIMITS: DocumentLimits = Object.freeze({
  tokens: 40_000,
  depth: 100,
  selections: 20_000,
  aliases: 20_000,
  rootFields: 1000,
  directives: 10_000,
  repetitions: 100_000,
});
