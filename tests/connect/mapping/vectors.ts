import { describe, expect, it } from '@jest/globals';
import {
  evaluate,
  MappingSyntaxError,
  type MappingVersion,
  parseMapping,
} from '../../../subgraphs/connect/mapping/mapping.ts';

const BOTH: readonly MappingVersion[] = ['v0.3', 'v0.4'];

/** A mapping, its input, its value (undefined: none) and the variables that it reads. */
export type ValueVector = readonly [
  mapping: string,
  input: unknown,
  value: unknown,
  variables?: Readonly<Record<string, unknown>>,
];

/** A mapping, its input, the value that is left (undefined: none), and all problems in order: `message @ path`. */
export type ProblemVector = readonly [
  mapping: string,
  input: unknown,
  value: unknown,
  problems: readonly string[],
];

/** A text, where it is refused (characters from 0), and the start of the message. */
export type RefusalVector = readonly [mapping: string, position: number, message: string];

/** Each mapping gives its value without a problem. */
export function itGives(vectors: readonly ValueVector[], versions = BOTH): void {
  describe.each(versions)('%s', (version) => {
    it.each(vectors.map(titled))('%s', (_title, [mapping, input, value, variables]) => {
      expect(evaluate(parseMapping(mapping, version), input, variables)).toEqual({
        value,
        problems: [],
      });
    });
  });
}

/** Each mapping has exactly these problems, and the value that is left. */
export function itReports(vectors: readonly ProblemVector[], versions = BOTH): void {
  describe.each(versions)('%s', (version) => {
    it.each(vectors.map(titled))(
      '%s reports a problem',
      (_title, [mapping, input, value, expected]) => {
        const { value: left, problems } = evaluate(parseMapping(mapping, version), input);
        expect(problems.map(({ message, path }) => `${message} @ ${path.join('.')}`)).toEqual(
          expected,
        );
        expect(left).toEqual(value);
      },
    );
  });
}

/** Each text is refused at its place. */
export function itRefuses(vectors: readonly RefusalVector[], versions = BOTH): void {
  describe.each(versions)('%s', (version) => {
    it.each(vectors)('%s is refused', (mapping, position, message) => {
      const error = refusalOf(mapping, version);
      expect(error.message).toContain(message);
      expect(error.position).toBe(position);
    });
  });
}

function refusalOf(mapping: string, version: MappingVersion): MappingSyntaxError {
  try {
    parseMapping(mapping, version);
  } catch (error) {
    if (error instanceof MappingSyntaxError) return error;
    throw error;
  }
  throw new Error(`This mapping was read, but should have been refused: ${mapping}`);
}

function titled<
  Vector extends readonly [mapping: string, input: unknown, value: unknown, ...unknown[]],
>(vector: Vector): [string, Vector] {
  const [mapping, input, value] = vector;
  return [`${mapping} of ${write(input)} is ${write(value)}`, vector];
}

function write(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? `${String(item)}n` : item,
  ) as string | undefined;
  return (text ?? 'nothing').slice(0, 80);
}
