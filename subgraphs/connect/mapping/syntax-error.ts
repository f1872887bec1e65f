/** A mapping text that cannot be read. The message says what was expected, what came, and where the language has a form for it, that form. */
export class MappingSyntaxError extends Error {
  override readonly name = 'MappingSyntaxError';
  readonly text: string;
  /** Characters before the place in the text, from 0. */
  readonly position: number;
  /** The line of the place, from 1. */
  readonly line: number;
  /** The column of the place in its line, from 1. */
  readonly column: number;

  constructor(message: string, text: string, position: number) {
    const { line, column } = placeIn(text, position);
    super(`${message} (line ${String(line)}, column ${String(column)})`);
    this.text = text;
    this.position = position;
    this.line = line;
    this.column = column;
  }
}

export function placeIn(text: string, position: number): { line: number; column: number } {
  const lines = text.slice(0, position).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
