import { expect, it } from '@jest/globals';
import { lineOfJsonProblem } from '../../settings/json-line.ts';

it.each(['{}', ' [1, -2.5e3, "a\\u00e9", {"b": [null, true, {}]}]\n', '"x"'])(
  '%j is JSON',
  (text) => {
    expect(lineOfJsonProblem(text)).toBe(undefined);
  },
);

it.each([
  ['nothing', '', 1],
  ['a text that is cut off', '{\n  "a": [\n    1,', 3],
  ['a comma before a bracket', '[\n1,\n2,\n]', 4],
  ['a comma before a brace', '{\n"a": 1,\n}', 3],
  ['a missing comma', '{\n"a": 1\n"b": 2 }', 3],
  ['a key without quotes', '{\n\na: 1 }', 3],
  ['a wrong bracket', '{\n"a": [1\n}}', 3],
  ['a line break in a string', '{\n"a": "b\nc"}', 2],
  ['something after the end', '{}\n\n{}', 3],
  ['a comment', '{\n// x\n}', 2],
])('finds the line of %s', (_what, text, line) => {
  expect(lineOfJsonProblem(text)).toBe(line);
});

it('takes no longer than the text is long', () => {
  expect(lineOfJsonProblem(`${'['.repeat(1_000_000)}\n?`)).toBe(2);
});
