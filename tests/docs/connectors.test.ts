import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { evaluate, parseMapping } from '../../subgraphs/connect/mapping/mapping.ts';
import { METHODS } from '../../subgraphs/connect/mapping/methods/method-table.ts';

const page = readFileSync('docs/connectors.md', 'utf8');

/** Cells of the rows whose first cells are code. */
function rowsOf(heading: string): [string, string, string, string][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, first = '', second = '', third = '', fourth = ''] = line
        .split('|')
        .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));
      return [first, second, third, fourth];
    });
}

it.each(
  rowsOf('Values').flatMap(([mapping, input, result, version]) =>
    (['v0.3', 'v0.4'] as const)
      .filter((each) => version === 'both' || version === each)
      .map((each) => [each, mapping, input, result] as const),
  ),
)('docs/connectors.md, %s: %s of %s gives %s', (version, mapping, input, result) => {
  const { value, problems } = evaluate(parseMapping(mapping, version), JSON.parse(input));
  expect({ value, problems }).toEqual({ value: JSON.parse(result), problems: [] });
});

it.each(rowsOf('Methods'))(
  'docs/connectors.md, ->%s: %s of %s gives %s',
  (method, mapping, input, result) => {
    expect(mapping).toContain(`->${method}`);
    for (const version of ['v0.3', 'v0.4'] as const) {
      const { value, problems } = evaluate(parseMapping(mapping, version), JSON.parse(input));
      expect({ value, problems }).toEqual({ value: JSON.parse(result), problems: [] });
    }
  },
);

it('docs/connectors.md has a row for each method', () => {
  expect(rowsOf('Methods').map(([method]) => method)).toEqual(Object.keys(METHODS).sort());
});
