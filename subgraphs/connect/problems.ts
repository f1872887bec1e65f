/** What is wrong with a file of connectors. */
export type ProblemCode =
  | 'INVALID_SDL'
  | 'UNSUPPORTED_VERSION'
  | 'NOT_SUPPORTED'
  | 'INVALID_ARGUMENT'
  | 'INVALID_URL'
  | 'INVALID_MAPPING'
  | 'LOCAL_ADDRESS'
  | 'UNKNOWN_SOURCE'
  | 'UNKNOWN_VARIABLE'
  | 'UNKNOWN_ARGUMENT'
  | 'UNKNOWN_FIELD'
  | 'WRONG_TYPE'
  | 'KEY_NOT_SELECTED'
  | 'FIELD_NOT_PROVIDED'
  | 'LIST_WITHOUT_PAGES';

/** What is wrong with the policy of a source in a `graph.yaml`. */
export interface PolicyProblem {
  readonly source: string;
  /** The keys below the source. @default the source itself */
  readonly path?: readonly string[];
  readonly code?: ProblemCode;
  /** Continues the name of the place. */
  readonly message: string;
}

/** Collects what is wrong with a file: a sentence each, with file, line and code. */
export class Problems {
  readonly all: string[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  add(code: ProblemCode, line: number, sentence: string): void {
    this.all.push(
      `${this.#path}:${String(line)}: [${code}] ${sentence.slice(0, MAX_CHARACTERS).replace(/\.?$/, '.')}`,
    );
  }
}

/** Characters of a sentence: it may quote the file. */
const MAX_CHARACTERS = 1000;
