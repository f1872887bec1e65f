import { MappingSyntaxError } from './syntax-error.ts';

export type TokenKind = 'name' | 'text' | 'number' | 'variable' | 'mark' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A name or mark as written, the content of a text, the digits of a number, or a variable's name with its `$`. */
  readonly value: string;
  readonly position: number;
}

/** Longest first. */
const MARKS = [
  '...',
  '->',
  '$(',
  '??',
  '?!',
  '?',
  '@',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ',',
  ':',
  '.',
  '-',
];

const NAME = /[a-z_]\w*/iy;
const VARIABLE = /\$(?:[a-z_]\w*)?/iy;
const NUMBER = /\d+(?:\.\d*)?|\.\d+/y;

/** Splits a text into tokens, without blanks and comments; the last one is the end of the text. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = afterBlanks(text, 0);
  while (position < text.length) {
    const { token, length } = tokenAt(text, position, tokens.at(-1));
    tokens.push(token);
    position = afterBlanks(text, position + length);
  }
  tokens.push({ kind: 'end', value: '', position: text.length });
  return tokens;
}

function afterBlanks(text: string, from: number): number {
  let position = from;
  for (;;) {
    const character = text.charAt(position);
    if (character === '#') {
      const end = text.indexOf('\n', position);
      position = end === -1 ? text.length : end;
    } else if (' \t\r\n'.includes(character) && character !== '') {
      position += 1;
    } else {
      return position;
    }
  }
}

function matchAt(expression: RegExp, text: string, position: number): string {
  expression.lastIndex = position;
  return expression.exec(text)?.[0] ?? '';
}

function tokenAt(text: string, position: number, before: Token | undefined) {
  const simple = (kind: TokenKind, value: string) => ({
    token: { kind, value, position },
    length: value.length,
  });
  const name = matchAt(NAME, text, position);
  if (name !== '') return simple('name', name);
  const character = text.charAt(position);
  if (character === '"' || character === "'") return textAt(text, position, character);
  // `a.5` is a path with an invalid key, not `a` and `.5`.
  const number = character === '.' && endsPath(before) ? '' : matchAt(NUMBER, text, position);
  if (number !== '') return simple('number', number);
  if (character === '$' && !text.startsWith('$(', position)) {
    return simple('variable', matchAt(VARIABLE, text, position));
  }
  const mark = MARKS.find((candidate) => text.startsWith(candidate, position));
  if (mark !== undefined) return simple('mark', mark);
  throw new MappingSyntaxError(
    `Unexpected character ${JSON.stringify(String.fromCodePoint(text.codePointAt(position) ?? 0))}`,
    text,
    position,
  );
}

const endsPath = (token: Token | undefined) =>
  token !== undefined &&
  (['name', 'text', 'variable'].includes(token.kind) || ['@', ')', '?'].includes(token.value));

/** A backslash makes the next character literal; only `\n` is a line break. */
function textAt(text: string, position: number, quote: string) {
  let value = '';
  let at = position + 1;
  let from = at;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === quote) {
      value += text.slice(from, at);
      return { token: { kind: 'text' as const, value, position }, length: at + 1 - position };
    }
    if (character === '\\') {
      const escaped = text.charAt(at + 1);
      value += text.slice(from, at) + (escaped === 'n' ? '\n' : escaped);
      at += 1;
      from = at + 1;
    }
  }
  throw new MappingSyntaxError(`This text has no closing ${quote}`, text, position);
}
