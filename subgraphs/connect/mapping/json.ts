import { isList, isObject, type Maybe, setProperty, toInteger, type Value } from './values.ts';

/** Maximum depth of lists and objects. */
const MAX_DEPTH = 200;

/** `JSON.parse` may round only integers with at least this many digits. */
const MANY_DIGITS = /\d{16}/;

/** Strings and decimals, which are skipped, and integers of many digits. */
const STRING_DECIMAL_OR_INTEGER = /"(?:[^"\\]|\\[^])*"?|\d{1,15}\.\d+|\d{16}/g;

/** Whether a text contains an integer of many digits, outside of strings, which often contain identifiers and hashes. */
function hasLargeInteger(text: string): boolean {
  if (!MANY_DIGITS.test(text)) return false;
  for (const [token] of text.matchAll(STRING_DECIMAL_OR_INTEGER))
    if (token.length === 16 && !token.startsWith('"') && !token.includes('.')) return true;
  return false;
}

/**
 * Parses JSON and keeps the digits of each integer: one that `number` would round becomes a `bigint`.
 * @returns undefined for invalid JSON, more than 200 levels, or a number beyond 64 bits such as `1e999`
 */
export function parseJson(text: string): Maybe {
  try {
    // `JSON.parse` is several times faster, and its reviver does not get the digits before Node.js 22.
    const parsed = hasLargeInteger(text)
      ? new JsonReader(text).read()
      : (JSON.parse(text) as Value);
    return isRefused(parsed, MAX_DEPTH) ? undefined : parsed;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a value exceeds the depth, or contains an infinite number. */
function isRefused(value: Maybe, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return value === Infinity || value === -Infinity;
  if (depth === 0) return true;
  if (isList(value)) return value.some((item) => isRefused(item, depth - 1));
  // JSON has no inherited properties, and this loop allocates nothing.
  for (const key in value) if (isRefused(value[key], depth - 1)) return true;
  return false;
}

/** Serializes JSON with all digits of integers. */
export function stringifyJson(value: Value): string {
  if (typeof value === 'bigint') return String(value);
  if (isList(value)) return `[${value.map(stringifyJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const properties = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${stringifyJson(item)}`,
  );
  return `{${properties.join(',')}}`;
}

const TOKEN =
  /[[\]{},:]|true|false|null|"(?:[^"\\]|\\[^])*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/iy;

/** A JSON parser for texts with large integers. `JSON.parse` parses each scalar. */
class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Value {
    const value = this.#value(this.#token());
    if (this.#text.slice(this.#at).trim() !== '') throw new SyntaxError();
    return value;
  }

  #token(): string {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '.')) this.#at += 1;
    TOKEN.lastIndex = this.#at;
    const [token] = TOKEN.exec(this.#text) ?? [];
    if (token === undefined) throw new SyntaxError();
    this.#at = TOKEN.lastIndex;
    return token;
  }

  #value(token: string): Value {
    if (token === '[' || token === '{') {
      this.#depth += 1;
      if (this.#depth > MAX_DEPTH) throw new SyntaxError();
      const value = token === '[' ? this.#list() : this.#object();
      this.#depth -= 1;
      return value;
    }
    // A scalar: `JSON.parse` returns no object here.
    return /^-?\d{16,}$/.test(token) ? toInteger(token) : (JSON.parse(token) as Value);
  }

  #list(): Value {
    const items: Value[] = [];
    let token = this.#token();
    if (token === ']') return items;
    for (;;) {
      items.push(this.#value(token));
      token = this.#token();
      if (token === ']') return items;
      if (token !== ',') throw new SyntaxError();
      token = this.#token();
    }
  }

  #object(): Value {
    const value: Record<string, Value> = {};
    let token = this.#token();
    if (token === '}') return value;
    for (;;) {
      if (!token.startsWith('"') || this.#token() !== ':') throw new SyntaxError();
      setProperty(value, JSON.parse(token) as string, this.#value(this.#token()));
      token = this.#token();
      if (token === '}') return value;
      if (token !== ',') throw new SyntaxError();
      token = this.#token();
    }
  }
}
