/** The problems of a connector file. docs/connectors.md explains each. */
export const PROBLEM_CODES = [
  'INVALID_SDL',
  'UNSUPPORTED_VERSION',
  'NOT_SUPPORTED',
  'INVALID_ARGUMENT',
  'INVALID_URL',
  'INVALID_MAPPING',
  'LOCAL_ADDRESS',
  'UNKNOWN_SOURCE',
  'UNKNOWN_VARIABLE',
  'UNKNOWN_ARGUMENT',
  'UNKNOWN_FIELD',
  'UNKNOWN_METHOD',
  'WRONG_ARGUMENTS',
  'WRONG_TYPE',
  'DUPLICATE_NAME',
  'KEY_NOT_SELECTED',
  'FIELD_NOT_PROVIDED',
  'ARGUMENTS_NOT_USED',
  'MISSING_REQUIRES',
  'CIRCULAR_REQUIREMENT',
  'LIST_WITHOUT_PAGES',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Warnings, with which the file is read nevertheless. */
export const WARNING_CODES = [
  'MAYBE_WRONG_TYPE',
  'NULL_AS_TEXT',
  'NULLABLE_IN_PATH',
  'FIELD_GIVEN_TWICE',
  'PARTIAL_OBJECT',
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** A problem of a source's policy in a `graph.yaml`. */
export interface PolicyProblem {
  readonly source: string;
  /** The keys below the source. @default the source itself */
  readonly path?: readonly string[];
  readonly code?: ProblemCode;
  /** Continues the path in the message. */
  readonly message: string;
}

/** Collects the problems of a file: a sentence each, with file, line and code. */
export class Problems {
  readonly all: string[] = [];
  readonly warnings: string[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  add(code: ProblemCode, line: number, sentence: string): void {
    this.#note(this.all, code, line, sentence);
  }

  warn(code: WarningCode, line: number, sentence: string): void {
    this.#note(this.warnings, code, line, sentence);
  }

  /** Adds a problem once: alternatives of a mapping can have the same one. */
  #note(noted: string[], code: string, line: number, sentence: string): void {
    const text = `${this.#path}:${String(line)}: [${code}] ${sentence.slice(0, MAX_CHARACTERS).replace(/\.?$/, '.')}`;
    if (!noted.includes(text)) noted.push(text);
  }
}

/** Characters of a sentence: it may quote the file. */
const MAX_CHARACTERS = 1000;
