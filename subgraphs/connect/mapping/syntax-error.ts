/** An invalid mapping text. The message contains what was expected, what came, and the correct form if the language has one. */
export class MappingSyntaxError extends Error {
  override readonly name = 'MappingSyntaxError';
  readonly text: string;
  /** Number of characters before the position in the text, from 0. */
  readonly position: number;
  /** The line of the position, from 1. */
  readonly line: number;
  /** The column of the position, from 1. */
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
