import { MappingSyntaxError } from './syntax-error.ts';
import type {
  Choice,
  Entry,
  Expression,
  Literal,
  MappingVersion,
  Path,
  PathStart,
  Selection,
  Step,
} from './syntax-tree.ts';
import { type Token, tokenize } from './tokens.ts';
import { toInteger } from './values.ts';

/** Characters of a text. The longest selections of public connectors have 6,000. */
const MAX_TEXT_LENGTH = 100_000;
/** Maximum depth of brackets. */
const MAX_NESTING = 100;

/**
 * Parses a mapping text. Grammar: the EBNF of both versions in `mapping-language.md` of
 * https://github.com/apollographql/graphos-factory.
 * @throws MappingSyntaxError
 */
export function parseText(text: string, version: MappingVersion): Expression {
  if (text.length > MAX_TEXT_LENGTH) {
    const limit = MAX_TEXT_LENGTH.toLocaleString('en');
    throw new MappingSyntaxError(
      `A mapping has at most ${limit} characters`,
      text,
      MAX_TEXT_LENGTH,
    );
  }
  const tokens = tokenize(text);
  if (version === 'v0.3') return new Parser(text, tokens, version).named();
  return parseValueOrNames(text, tokens);
}

/** v0.4: the whole text is one expression, or names with values. A single key is a name: `id` gives `{ id }`. */
function parseValueOrNames(text: string, tokens: readonly Token[]): Expression {
  let refusal: MappingSyntaxError | undefined;
  try {
    const expression = new Parser(text, tokens, 'v0.4').value();
    if (singleKey(expression) === undefined) return expression;
  } catch (error) {
    if (!(error instanceof MappingSyntaxError)) throw error;
    refusal = error;
  }
  try {
    return new Parser(text, tokens, 'v0.4').named();
  } catch (error) {
    // The parser that got further in the text has the better message.
    if (!(error instanceof MappingSyntaxError) || refusal === undefined) throw error;
    throw refusal.position > error.position ? refusal : error;
  }
}

/** The key of `key`, `key?` and `key { ... }`, which is the name of the value. */
function singleKey(expression: Expression): string | undefined {
  if (expression.kind !== 'path' || expression.start.kind !== 'root' || expression.start.written) {
    return undefined;
  }
  const [first, ...rest] = expression.steps;
  const named = rest.every(({ kind }) => kind === 'optional' || kind === 'selection');
  return first?.kind === 'key' && named ? first.key : undefined;
}

const LITERALS = new Map<string, Literal['value']>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #version: MappingVersion;
  #at = 0;
  #nesting = 0;

  constructor(text: string, tokens: readonly Token[], version: MappingVersion) {
    this.#text = text;
    this.#tokens = tokens;
    this.#version = version;
  }

  /** Parses the whole text as one expression. */
  value(): Expression {
    const expression = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected('the end of the mapping');
    return expression;
  }

  /** Parses the whole text as names with values, or as one path, which is the value. */
  named(): Expression {
    const entries = this.#entries('end');
    const [only] = entries;
    const { kind } = only ?? {};
    if (only !== undefined && entries.length === 1) {
      const written = this.#tokens[0]?.value === '...';
      if (kind === 'whole' || (kind === 'spread' && !written)) return only.expression;
    }
    return selectionOfCurrent({ entries, position: 0 });
  }

  #entries(closing: '}' | 'end'): Entry[] {
    const entries: Entry[] = [];
    let commas: boolean | undefined;
    while (!this.#closes(closing)) {
      entries.push(this.#entry());
      if (this.#closes(closing)) break;
      const comma = this.#is(',');
      if (comma && this.#version === 'v0.3') {
        throw this.#refuse('Names are separated by blanks in connect/v0.3, without commas');
      }
      commas ??= comma;
      if (commas !== comma) {
        throw this.#refuse('Names are separated by commas or by blanks, not by both in one list');
      }
      if (comma) this.#at += 1;
    }
    const whole = entries.find(({ kind }) => kind === 'whole');
    if (whole !== undefined && entries.length > 1) {
      throw this.#refuse(
        'A path beside other names needs a name (name: path) or a sub-selection (path { ... })',
        whole.position,
      );
    }
    return entries;
  }

  #closes(closing: '}' | 'end'): boolean {
    if (closing === '}' && this.#token.kind === 'end') throw this.#unexpected('}');
    return closing === 'end' ? this.#token.kind === 'end' : this.#is('}');
  }

  #entry(): Entry {
    const { position } = this.#token;
    if (this.#is('...')) {
      if (this.#version === 'v0.3') {
        throw this.#refuse('The spread ... needs connect/v0.4; connect/v0.3 does not know it');
      }
      this.#at += 1;
      return { kind: 'spread', expression: this.#expression(), position };
    }
    if (this.#isKey() && this.#is(':', 1)) {
      const key = this.#token.value;
      this.#at += 2;
      return { kind: 'named', key, expression: this.#named(), position };
    }
    const path = this.#path();
    const key = singleKey(path);
    if (key !== undefined) return { kind: 'named', key, expression: path, position };
    const kind = path.steps.at(-1)?.kind === 'selection' ? 'spread' : 'whole';
    return { kind, expression: path, position };
  }

  /** Parses the value after a name and its colon. */
  #named(): Expression {
    if (this.#version === 'v0.4') return this.#expression();
    if (this.#is('{')) return selectionOfCurrent(this.#selection());
    const { kind, position } = this.#token;
    if (kind === 'number' || this.#is('-') || this.#is('[')) {
      throw this.#refuse('connect/v0.3 needs $( ) around a literal: name: $(1)');
    }
    const path = this.#path();
    if (this.#is('??') || this.#is('?!')) {
      const operator = this.#token.value;
      throw this.#refuse(`connect/v0.3 needs $( ) around ${operator}: name: $(a ${operator} b)`);
    }
    return { ...path, position };
  }

  #selection(): Selection {
    const { position } = this.#token;
    this.#expect('{');
    this.#open();
    const entries = this.#entries('}');
    this.#close('}');
    return { entries, position };
  }

  #expression(): Expression {
    const { position } = this.#token;
    const first = this.#operand();
    const operator = this.#token.value;
    if (!this.#is('??') && !this.#is('?!')) return first;
    const operands = [first];
    while (this.#is(operator)) {
      this.#at += 1;
      operands.push(this.#operand());
    }
    if (this.#is('??') || this.#is('?!')) {
      throw this.#refuse('?? and ?! cannot be mixed in one chain: set one of them in $( )');
    }
    return { kind: 'choice', operator: operator as Choice['operator'], operands, position };
  }

  #operand(): Expression {
    const literal = this.#literal();
    if (literal === undefined) return this.#path();
    const steps = this.#steps();
    if (steps.length === 0) return literal;
    const start: PathStart = { kind: 'expression', expression: literal };
    return { kind: 'path', start, steps, position: literal.position };
  }

  #literal(): Expression | undefined {
    const { kind, value, position } = this.#token;
    if (kind === 'text') return this.#take({ kind: 'literal', value, position });
    if (kind === 'number' || this.#is('-')) return this.#number();
    const constant = kind === 'name' ? LITERALS.get(value) : undefined;
    if (constant !== undefined) return this.#take({ kind: 'literal', value: constant, position });
    if (this.#is('[')) {
      const items = this.#list('[', ']', () => this.#expression());
      return { kind: 'list', items, position };
    }
    if (!this.#is('{')) return undefined;
    if (this.#version === 'v0.4') {
      return { kind: 'object', selection: this.#selection(), position };
    }
    const entries = this.#list('{', '}', () => this.#property());
    return { kind: 'object', selection: { entries, position }, position };
  }

  #take(literal: Literal): Literal {
    this.#at += 1;
    return literal;
  }

  #number(): Literal {
    const { position } = this.#token;
    const negative = this.#is('-');
    if (negative) this.#at += 1;
    if (this.#token.kind !== 'number') throw this.#unexpected('a number');
    const { value: digits } = this.#token;
    const number = digits.includes('.') ? Number(digits) : toInteger(digits);
    if (number === Infinity) throw this.#refuse('This number is too large');
    return this.#take({
      kind: 'literal',
      value: negative && number !== 0 ? -number : number,
      position,
    });
  }

  /** v0.3: `key: expression` in an object literal. */
  #property(): Entry {
    const { position, value: key } = this.#token;
    if (!this.#isKey()) throw this.#unexpected('a key');
    this.#at += 1;
    if (this.#is(',') || this.#is('}')) {
      throw this.#refuse(`connect/v0.3 needs a value here: { ${key}: ${key} }`);
    }
    this.#expect(':');
    return { kind: 'named', key, expression: this.#expression(), position };
  }

  #list<Item>(opening: string, closing: string, item: () => Item): Item[] {
    const items: Item[] = [];
    this.#expect(opening);
    this.#open();
    while (!this.#is(closing)) {
      items.push(item());
      if (!this.#is(',')) break;
      this.#at += 1;
    }
    this.#close(closing);
    return items;
  }

  #path(): Path {
    const { position } = this.#token;
    const start = this.#start();
    const first: Step[] =
      start.kind === 'root' && !start.written ? [{ kind: 'key', key: this.#key(), position }] : [];
    return { kind: 'path', start, steps: [...first, ...this.#steps()], position };
  }

  #start(): PathStart {
    const { kind, value } = this.#token;
    if (this.#isKey()) return { kind: 'root', written: false };
    if (kind === 'variable') {
      this.#at += 1;
      return value === '$' ? { kind: 'root', written: true } : { kind: 'variable', name: value };
    }
    if (this.#is('@')) {
      this.#at += 1;
      return { kind: 'current' };
    }
    if (this.#is('$(')) {
      this.#at += 1;
      this.#open();
      const expression = this.#expression();
      this.#close(')');
      return { kind: 'expression', expression };
    }
    if (this.#is('.')) throw this.#refuse('A path cannot start with a dot: write $.key');
    throw this.#unexpected('a key, $variable, $, @ or $(expression)');
  }

  #steps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const { position } = this.#token;
      if (this.#is('{')) {
        steps.push({ kind: 'selection', selection: this.#selection(), position });
        return steps;
      }
      if (this.#is('?')) {
        if (steps.at(-1)?.kind === 'optional') throw this.#refuse('One ? is enough');
        this.#at += 1;
        steps.push({ kind: 'optional', position });
      } else if (this.#is('.')) {
        this.#at += 1;
        steps.push({ kind: 'key', position: this.#token.position, key: this.#key() });
      } else if (this.#is('->')) {
        steps.push(this.#method());
      } else {
        return steps;
      }
    }
  }

  #method(): Step {
    this.#at += 1;
    const { kind, value: name, position } = this.#token;
    if (kind !== 'name') throw this.#unexpected('the name of a method');
    this.#at += 1;
    const values = this.#is('(') ? this.#list('(', ')', () => this.#expression()) : undefined;
    return { kind: 'method', name, arguments: values, position };
  }

  #key(): string {
    if (!this.#isKey()) throw this.#unexpected('a key');
    const { value } = this.#token;
    this.#at += 1;
    return value;
  }

  get #token(): Token {
    // The cast is safe: the last token is the end of the text, which is never consumed.
    return this.#tokens[this.#at] as Token;
  }

  #isKey(): boolean {
    return this.#token.kind === 'name' || this.#token.kind === 'text';
  }

  #is(mark: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'mark' && token.value === mark;
  }

  #expect(mark: string): void {
    if (!this.#is(mark)) throw this.#unexpected(mark);
    this.#at += 1;
  }

  #open(): void {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) {
      throw this.#refuse(`Brackets are nested at most ${String(MAX_NESTING)} deep`);
    }
  }

  #close(mark: string): void {
    this.#expect(mark);
    this.#nesting -= 1;
  }

  #unexpected(expected: string): MappingSyntaxError {
    const { kind, value } = this.#token;
    if (this.#is('[') && this.#at > 0)
      return this.#refuse(
        'There are no brackets after a key: an item is ->get(0), and a name with brackets is in quotes, such as "page[size]"',
      );
    const actual = kind === 'end' ? 'the end of the mapping' : JSON.stringify(value.slice(0, 40));
    return this.#refuse(`Expected ${expected}, but got ${actual}`);
  }

  #refuse(message: string, position = this.#token.position): MappingSyntaxError {
    return new MappingSyntaxError(message, this.#text, position);
  }
}

/** A selection applied to the current value: the whole text, or `name: { ... }`. */
function selectionOfCurrent(selection: Selection): Path {
  const { position } = selection;
  const steps: Step[] = [{ kind: 'selection', selection, position }];
  return { kind: 'path', start: { kind: 'current' }, steps, position };
}
