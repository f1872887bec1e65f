import { isList, isObject, type Maybe, type Value, typeName } from './values.ts';

/** Kinds of problems of a position in a mapping; the metric has one label value for each. */
export type ProblemKind =
  /** A property that the input lacks, without `?` or `??`. */
  | 'missing_property'
  /** A property that a variable lacks, such as an argument that the client did not send. */
  | 'missing_input'
  | 'missing_variable'
  /** A `->match` without a pair for its value. */
  | 'no_match'
  /** A method on a value, or with arguments, that it does not accept. */
  | 'method'
  /** Two values for one name, or a spread of a value that is not an object. */
  | 'conflict'
  /** The limit of work or depth. */
  | 'limit';

/** A problem of an evaluation, and its position. */
export interface Problem {
  readonly kind: ProblemKind;
  /** A sentence with the expected and the actual value. */
  readonly message: string;
  /** Keys and indexes from the input to the position, at the first occurrence. */
  readonly path: readonly (string | number)[];
  /** Number of characters before it in the mapping text. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Number of occurrences: a property that a thousand items lack is one problem. */
  readonly count: number;
}

/** A position in the mapping that can have problems. */
export interface Site {
  readonly kind: ProblemKind;
  readonly position: number;
  /** Keys from the value of the enclosing sub-selection to this position. */
  readonly path: readonly string[];
}

/** `root` is the value of `$`, `current` that of `@`. */
export type Evaluate = (run: Run, root: Maybe, current: Maybe) => Maybe;

export type FoundProblem = Omit<Problem, 'line' | 'column'>;

/** A unit is about one node of the mapping or of a value. 5 million take a tenth of a second. */
const MAX_WORK = 5_000_000;
/** Maximum depth of the input. */
const MAX_DATA_DEPTH = 200;
const MAX_PROBLEMS = 100;
/** Characters of a text that cost as much as a node: they are copied and compared together. */
const CHARACTERS = 16;

/** Ends the evaluation without a value. Never thrown by `evaluate`. */
export class LimitReached extends Error {}

/** One evaluation: its variables, its problems and its work so far. */
export class Run {
  readonly variables: Readonly<Record<string, Maybe>>;
  /** Variables of `->as`. */
  locals: ReadonlyMap<string, Value> = new Map();
  /** Path from the input to the value of the enclosing sub-selection. */
  readonly path: (string | number)[] = [];
  #problems: Map<Site, FoundProblem & { count: number }> | undefined;
  #work = 0;
  #depth = 0;

  constructor(variables: Readonly<Record<string, Maybe>>) {
    this.variables = variables;
  }

  get problems(): FoundProblem[] {
    return [...(this.#problems?.values() ?? [])];
  }

  /** Records a problem. Returns undefined, for `return run.problem(...)`. */
  problem(site: Site, message: string, inside: readonly (string | number)[] = []): Maybe {
    if (this.again(site)) return undefined;
    this.#problems ??= new Map();
    if (this.#problems.size < MAX_PROBLEMS) {
      const path = [...this.path, ...site.path, ...inside];
      const { kind, position } = site;
      this.#problems.set(site, { kind, message, path, position, count: 1 });
    }
    return undefined;
  }

  /** Counts a repeated problem, which needs no message. @returns whether it is one */
  again(site: Site): boolean {
    const known = this.#problems?.get(site);
    if (known !== undefined) known.count += 1;
    return known !== undefined;
  }

  /** Returns the first acceptable value of the alternatives. Problems of the others count only if there is none. */
  firstOf(alternatives: readonly (() => Maybe)[], isAcceptable: (value: Maybe) => boolean): Maybe {
    const before = this.#problems;
    const failed: typeof before = new Map();
    let last: Maybe;
    for (const alternative of alternatives) {
      this.#problems = undefined;
      last = alternative();
      const own = this.#problems as typeof before;
      if (isAcceptable(last)) {
        this.#problems = joined(before, own);
        return last;
      }
      for (const [site, problem] of own ?? []) failed.set(site, problem);
    }
    this.#problems = last === undefined ? joined(before, failed) : before;
    return last;
  }

  /** @throws LimitReached */
  charge(units: number): void {
    this.#work += units;
    if (this.#work > MAX_WORK)
      throw new LimitReached('The mapping does too much work on this input');
  }

  /** Charges the cost of reading or comparing a whole text. @throws LimitReached */
  chargeText(text: string): void {
    this.charge(1 + text.length / CHARACTERS);
  }

  /** Evaluates one level deeper in a value. @throws LimitReached */
  nested<Result>(inner: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > MAX_DATA_DEPTH) {
      throw new LimitReached(`Values are nested at most ${String(MAX_DATA_DEPTH)} deep`);
    }
    const result = inner();
    this.#depth -= 1;
    return result;
  }

  /** Charges a value as if it were written out: it may contain the same list many times. @throws LimitReached */
  measure(value: Maybe): void {
    if (typeof value === 'string') this.chargeText(value);
    else this.charge(1);
    if (isList(value)) {
      this.nested(() => {
        for (const item of value) this.measure(item);
      });
    } else if (isObject(value)) {
      this.nested(() => {
        for (const key of Object.keys(value)) this.measure(value[key]);
      });
    }
  }
}

function joined<Sites extends Map<Site, { count: number }>>(
  before: Sites | undefined,
  more: Sites | undefined,
): Sites | undefined {
  if (before === undefined || more === undefined) return before ?? more;
  for (const [site, problem] of more) {
    const known = before.get(site);
    if (known === undefined) {
      if (before.size < MAX_PROBLEMS) before.set(site, problem);
    } else {
      known.count += problem.count;
    }
  }
  return before;
}

/** `Property "name" not found in null` */
export const propertyNotFound = (key: string, value: Maybe) =>
  `Property ${JSON.stringify(key)} not found in ${typeName(value)}`;
