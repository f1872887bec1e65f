import { isList, isObject, type Maybe, type Value, typeName } from './values.ts';

/** What kind of problem a place of a mapping can have: a metric counts by it. */
export type ProblemKind =
  /** A property that the input lacks, without `?` or `??`. */
  | 'missing_property'
  /** A property that a variable lacks, such as an argument that the client did not give. */
  | 'missing_input'
  | 'missing_variable'
  /** A `->match` without a pair for its value. */
  | 'no_match'
  /** A method on a value that it does not take, or with arguments that it does not take. */
  | 'method'
  /** Two values for one name, or a spread of what is no object. */
  | 'conflict'
  /** Too much work, or too deep. */
  | 'limit';

/** What an evaluation could not do, and where. */
export interface Problem {
  readonly kind: ProblemKind;
  /** A sentence: what was expected and what came. */
  readonly message: string;
  /** Keys and indexes from the input to the place, of the first time. */
  readonly path: readonly (string | number)[];
  /** Characters before the place in the mapping text. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** How often: a property that a thousand items lack is one problem. */
  readonly count: number;
}

/** A place in the mapping that can have problems. */
export interface Site {
  readonly kind: ProblemKind;
  readonly position: number;
  /** Keys from the value of the enclosing sub-selection to here. */
  readonly path: readonly string[];
}

/** `root` is the value of `$`, `current` that of `@`. */
export type Evaluate = (run: Run, root: Maybe, current: Maybe) => Maybe;

export type FoundProblem = Omit<Problem, 'line' | 'column'>;

/** Units are about a node of the mapping or of a value. 5 million take a tenth of a second. */
const MAX_WORK = 5_000_000;
/** Lists in lists of the input. */
const MAX_DATA_DEPTH = 200;
const MAX_PROBLEMS = 100;
/** Of a text that cost as much as a node: they are copied and compared at once. */
const CHARACTERS = 16;

/** The evaluation ends without a value. Never leaves `evaluate`. */
export class LimitReached extends Error {}

/** One evaluation: its variables, what it has found and how much it has done. */
export class Run {
  readonly variables: Readonly<Record<string, Maybe>>;
  /** What `->as` bound. */
  locals: ReadonlyMap<string, Value> = new Map();
  /** From the input to the value of the enclosing sub-selection. */
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

  /** Notes a problem; for `return run.problem(...)`: there is no value. */
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

  /** Counts a problem that the place has had before, which needs no sentence. @returns whether it has */
  again(site: Site): boolean {
    const known = this.#problems?.get(site);
    if (known !== undefined) known.count += 1;
    return known !== undefined;
  }

  /** Evaluates the first of the alternatives that has an acceptable value. Problems of the others count only where none has. */
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

  /** What reading or comparing a whole text costs. @throws LimitReached */
  chargeText(text: string): void {
    this.charge(1 + text.length / CHARACTERS);
  }

  /** One level deeper into a value. @throws LimitReached */
  nested<Result>(inner: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > MAX_DATA_DEPTH) {
      throw new LimitReached(`Values are nested at most ${String(MAX_DATA_DEPTH)} deep`);
    }
    const result = inner();
    this.#depth -= 1;
    return result;
  }

  /** Counts a value as if it was written out: the same list may be in it many times. @throws LimitReached */
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
