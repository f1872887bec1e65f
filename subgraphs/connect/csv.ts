import { setProperty, type Value } from './mapping/values.ts';

const MAX_COLUMNS = 1000;
const MAX_ROWS = 100_000;

/**
 * Parses CSV: https://www.rfc-editor.org/rfc/rfc4180. The first record contains the names; each other one becomes an object of texts. Lines
 * may also end
 * without a carriage return.
 * @returns undefined for invalid CSV: an unclosed quote, a quote inside an unquoted field, a record with a different number of
 * fields than the first, duplicate columns, more than 1,000 columns or 100,000 records
 */
export function parseCsv(text: string): readonly Value[] | undefined {
  const reader = new CsvReader(text);
  const names = reader.record();
  if (names === undefined || new Set(names).size < names.length) return undefined;
  const rows: Value[] = [];
  while (!reader.isAtEnd) {
    const fields = reader.record();
    if (fields?.length !== names.length || rows.length === MAX_ROWS) return undefined;
    const row: Record<string, Value> = {};
    for (const [index, name] of names.entries()) setProperty(row, name, fields[index] ?? '');
    rows.push(row);
  }
  return rows;
}

const QUOTE = '"';

class CsvReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** @returns undefined if the text is invalid */
  record(): readonly string[] | undefined {
    const fields: string[] = [];
    for (;;) {
      const field = this.#text[this.#at] === QUOTE ? this.#quoted() : this.#plain();
      if (field === undefined || fields.length === MAX_COLUMNS) return undefined;
      fields.push(field);
      if (this.isAtEnd) return fields;
      if (this.#text[this.#at] === ',') this.#at += 1;
      else return this.#endLine() ? fields : undefined;
    }
  }

  /** In a quoted field, two quotes mean one. */
  #quoted(): string | undefined {
    let value = '';
    let from = this.#at + 1;
    for (;;) {
      const end = this.#text.indexOf(QUOTE, from);
      if (end === -1) return undefined;
      value += this.#text.slice(from, end);
      this.#at = end + 1;
      if (this.#text[this.#at] !== QUOTE) return value;
      value += QUOTE;
      from = end + 2;
    }
  }

  #plain(): string | undefined {
    const from = this.#at;
    while (!this.isAtEnd && !ENDS.has(this.#text[this.#at])) this.#at += 1;
    return this.#text[this.#at] === QUOTE ? undefined : this.#text.slice(from, this.#at);
  }

  #endLine(): boolean {
    if (this.#text[this.#at] === '\r') this.#at += 1;
    if (this.#text[this.#at] !== '\n') return false;
    this.#at += 1;
    return true;
  }
}

const ENDS: ReadonlySet<string | undefined> = new Set([',', '\r', '\n', QUOTE]);
