import { type AST, RegExpParser } from '@eslint-community/regexpp';

/** Reads an expression as text and flags, such as `a+` and `u`. */
export function parseExpression(source: string, flags: string): AST.Pattern {
  return new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
}

/**
 * Counts the steps of a backtracking matcher that looks for all matches of an expression in a text, without the shortcuts of a real
 * engine: the same number on every machine.
 * @returns Infinity for more than `most`
 */
export function countSteps(
  pattern: AST.Pattern,
  flags: string,
  text: string,
  most: number,
): number {
  const matcher = new StepCounter(flags, text, most);
  try {
    matcher.findAll(pattern);
  } catch (error) {
    if (error instanceof TooManySteps) return Infinity;
    throw error;
  }
  return matcher.steps;
}

class TooManySteps extends Error {}

/** Goes on with the rest of the expression at a place of the text; false makes the part before try something else. */
type Next = (at: number) => boolean;

class StepCounter {
  steps = 0;
  readonly #flags: string;
  readonly #text: string;
  readonly #most: number;

  constructor(flags: string, text: string, most: number) {
    this.#flags = flags;
    this.#text = text;
    this.#most = most;
  }

  findAll({ alternatives }: AST.Pattern): void {
    for (let start = 0; start <= this.#text.length;) {
      let end = -1;
      const isFound = this.#any(alternatives, start, (at) => {
        end = at;
        return true;
      });
      // A sticky expression looks at one place only, and is done where it does not match.
      if (!isFound && this.#flags.includes('y')) return;
      start = isFound && end > start ? end : start + 1;
    }
  }

  #step(): void {
    this.steps += 1;
    if (this.steps > this.#most) throw new TooManySteps();
  }

  #any(alternatives: readonly AST.Alternative[], at: number, next: Next): boolean {
    return alternatives.some(({ elements }) => this.#sequence(elements, 0, at, next));
  }

  #sequence(elements: readonly AST.Element[], index: number, at: number, next: Next): boolean {
    const element = elements[index];
    if (element === undefined) return next(at);
    return this.#element(element, at, (then) => this.#sequence(elements, index + 1, then, next));
  }

  #element(element: AST.Element, at: number, next: Next): boolean {
    this.#step();
    if (isSet(element)) {
      const length = lengthAt(element, this.#flags, this.#text, at);
      return length > 0 && next(at + length);
    }
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return this.#any(element.alternatives, at, next);
      case 'Quantifier':
        return this.#quantifier(element, at, next);
      case 'Assertion':
        return this.#holds(element, at) && next(at);
      case 'Backreference':
        throw new TypeError(
          `${element.raw} cannot be counted: say it without looking back at a group.`,
        );
    }
  }

  #quantifier(quantifier: AST.Quantifier, at: number, next: Next): boolean {
    const { min, max, greedy, element } = quantifier;
    const repeat = (count: number, from: number): boolean => {
      const more = () =>
        count < max &&
        this.#element(element, from, (to) => (to > from || count < min) && repeat(count + 1, to));
      if (count < min) return more();
      return greedy ? more() || next(from) : next(from) || more();
    };
    return isSet(element) ? this.#repeatSet(quantifier, element, at, next) : repeat(0, at);
  }

  /** What most quantifiers repeat needs no call within a call for each character. */
  #repeatSet(
    { min, max, greedy }: AST.Quantifier,
    set: CharacterElement,
    at: number,
    next: Next,
  ): boolean {
    const ends = [at];
    const grow = () => {
      this.#step();
      const from = ends.at(-1) ?? at;
      const length = ends.length - 1 < max ? lengthAt(set, this.#flags, this.#text, from) : 0;
      if (length > 0) ends.push(from + length);
      return length > 0;
    };
    while (ends.length - 1 < (greedy ? max : min) && grow());
    if (ends.length - 1 < min) return false;
    if (!greedy) {
      do if (next(ends.at(-1) ?? at)) return true;
      while (grow());
      return false;
    }
    for (let count = ends.length - 1; count >= min; count -= 1) {
      this.#step();
      if (next(ends[count] ?? at)) return true;
    }
    return false;
  }

  #holds(assertion: AST.Assertion, at: number): boolean {
    const isMultiline = this.#flags.includes('m');
    switch (assertion.kind) {
      case 'start':
        return at === 0 || (isMultiline && LINE_END.test(this.#text[at - 1] ?? ''));
      case 'end':
        return at === this.#text.length || (isMultiline && LINE_END.test(this.#text[at] ?? ''));
      case 'word':
        return (this.#isWord(at - 1) !== this.#isWord(at)) !== assertion.negate;
      case 'lookahead':
        return this.#any(assertion.alternatives, at, () => true) !== assertion.negate;
      case 'lookbehind': {
        const matches = assertion.alternatives.some(({ elements }) => {
          // An engine reads it backwards, which comes to the same where each element is one character.
          if (!elements.every(isSet))
            throw new TypeError(
              `${assertion.raw} cannot be counted: only single characters can be behind.`,
            );
          return (
            at >= elements.length &&
            this.#sequence(elements, 0, at - elements.length, (end) => end === at)
          );
        });
        return matches !== assertion.negate;
      }
    }
  }

  #isWord = (at: number) => /^\w$/.test(this.#text[at] ?? '');
}

const LINE_END = /^[\n\r\u2028\u2029]$/;

type CharacterElement =
  AST.Character | AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass;

export const isSet = (element: AST.Element): element is CharacterElement => SETS.has(element.type);

const SETS: ReadonlySet<string> = new Set([
  'Character',
  'CharacterSet',
  'CharacterClass',
  'ExpressionCharacterClass',
]);

/** How many code units of the text an element takes at a place; 0 where it does not match. */
function lengthAt(element: CharacterElement, flags: string, text: string, at: number): number {
  if (at >= text.length) return 0;
  const code = isUnicode(flags) ? (text.codePointAt(at) ?? 0) : text.charCodeAt(at);
  return accepts(element, flags, code) ? (code > 0xffff ? 2 : 1) : 0;
}

const isUnicode = (flags: string) => /[uv]/.test(flags);

/** Whether an element that is one character takes one. */
export function accepts({ raw }: CharacterElement, flags: string, code: number): boolean {
  const known = (ACCEPTED[`${raw}/${flags}`] ??= {
    expression: new RegExp(`^(?:${raw})$`, flags.replace(/[gy]/g, '')),
    byCode: new Map(),
  });
  let isAccepted = known.byCode.get(code);
  if (isAccepted === undefined) {
    isAccepted = known.expression.test(String.fromCodePoint(code));
    known.byCode.set(code, isAccepted);
  }
  return isAccepted;
}

const ACCEPTED: Record<
  string,
  { readonly expression: RegExp; readonly byCode: Map<number, boolean> }
> = {};
