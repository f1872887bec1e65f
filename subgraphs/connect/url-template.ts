import type { Mapping } from './mapping/mapping.ts';

/** Text with expressions: `Bearer {$args.token}`. */
export type Template = readonly TemplatePart[];

export type TemplatePart = string | Expression;

export interface Expression {
  readonly text: string;
  readonly mapping: Mapping;
}

/** The path and query of a request. */
export interface UrlTemplate {
  /** Contains a name in braces for each expression: `/orders/{id}`. */
  readonly path: string;
  /** The expressions of the path by those names. */
  readonly params: ReadonlyMap<string, Expression>;
  readonly query: readonly QueryTemplate[];
}

export interface QueryTemplate {
  readonly name: string;
  readonly value: Template;
}

/** @throws TypeError for an invalid template: the message continues its name */
export function parseTemplate(text: string, parse: (expression: string) => Mapping): Template {
  const parts: TemplatePart[] = [];
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('{', at);
    const end = open < 0 ? text.length : open;
    const literal = text.slice(at, end);
    if (literal.includes('}')) throw new TypeError('has a brace that is not opened');
    if (literal !== '') parts.push(literal);
    if (open < 0) break;
    const close = endOfExpression(text, open);
    const expression = text.slice(open + 1, close).trim();
    parts.push({ text: expression, mapping: parse(expression) });
    at = close + 1;
  }
  return parts;
}

/** @returns the position of the brace that closes the one at `open` */
function endOfExpression(text: string, open: number): number {
  let depth = 0;
  let quote: string | undefined;
  for (let at = open; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new TypeError('has a brace that is not closed');
}

/**
 * Parses the URL of a connector, which starts with a slash.
 * @throws TypeError for an invalid URL: the message continues its name
 */
export function parseUrlTemplate(
  text: string,
  parse: (expression: string) => Mapping,
): UrlTemplate {
  const { path, query } = splitAtQuery(parseTemplate(text, parse));
  const params = new Map<string, Expression>();
  const written = path.map((part) => {
    if (typeof part === 'string') return checkPath(part);
    const name = uniqueName(part.text, params);
    params.set(name, part);
    return `{${name}}`;
  });
  return { path: written.join(''), params, query: readQuery(query) };
}

/** Joins a URL that is written on several lines: removes line ends and tabs outside of expressions. */
export function onOneLine(text: string): string {
  let depth = 0;
  return text.replace(/[{}\t\n\f\r]/g, (character) => {
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (depth === 0) return '';
    return character;
  });
}

function splitAtQuery(parts: Template): { readonly path: Template; readonly query: Template } {
  const index = parts.findIndex((part) => typeof part === 'string' && part.includes('?'));
  const part = parts[index];
  if (typeof part !== 'string') return { path: parts, query: [] };
  const mark = part.indexOf('?');
  return {
    path: [...parts.slice(0, index), part.slice(0, mark)],
    query: [part.slice(mark + 1), ...parts.slice(index + 1)],
  };
}

function checkPath(written: string): string {
  const text = written.replaceAll(' ', '%20');
  if (!/^(?:[\w\-.~!$&'()*+,;=:@/]|%[\da-f]{2})*$/i.test(text))
    throw new TypeError(`must have a path of characters that a URL can have, but has "${written}"`);
  if (text.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    throw new TypeError('must have a path without dot segments');
  return text;
}

const MAX_NAME = 41;

/** A name from the end of the expression: `id` for `$this.id`. */
function uniqueName(expression: string, taken: ReadonlyMap<string, unknown>): string {
  const words = expression.match(/\w+/g) ?? [];
  const name =
    words
      .at(-1)
      ?.slice(0, MAX_NAME)
      .replace(/^[\d_]+/, '') || 'value';
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}${String(number)}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function readQuery(parts: Template): readonly QueryTemplate[] {
  const entries: { name: string; value: TemplatePart[] }[] = [];
  let current: { name: string; value: TemplatePart[] } | undefined;
  for (const part of parts) {
    if (typeof part !== 'string') {
      if (current === undefined)
        throw new TypeError('must have query parameters with names: use queryParams for others');
      current.value.push(part);
      continue;
    }
    for (const [index, piece] of part.split('&').entries()) {
      if (index > 0) current = undefined;
      if (piece === '') continue;
      if (current !== undefined) {
        current.value.push(decodeText(piece));
        continue;
      }
      const equals = piece.indexOf('=');
      if (equals <= 0) throw new TypeError(`must have query parameters such as limit=10`);
      const value = piece.slice(equals + 1);
      current = {
        name: decodeText(piece.slice(0, equals)),
        value: value === '' ? [] : [decodeText(value)],
      };
      entries.push(current);
    }
  }
  return entries;
}

/** Decodes text that is encoded again when sent. */
function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new TypeError(`must have text that is encoded for a URL, but has "${text}"`);
  }
}
