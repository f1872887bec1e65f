import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { NODE_FLAGS } from '../../bin/run-program.ts';
import { createMonitoring } from '../../monitoring/monitoring.ts';

const rows = readFileSync('docs/operations.md', 'utf8').matchAll(
  /^\| `(tributary_\w+)` +\| (\w+) /gm,
);
const documented = Array.from(rows, ([, name, type]) => `${String(name)} ${String(type)}`);

it('docs/operations.md documents every metric of ours with its type', async () => {
  const types = (await createMonitoring({ vendors: [] }).exposition()).matchAll(
    /^# TYPE (tributary_\w+ \w+)$/gm,
  );
  expect(documented.sort()).toEqual(Array.from(types, ([, type]) => type).sort());
});

it('docs/operations.md shows the options that the start scripts and tributary start pass to Node.js', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  const starts = Object.entries(scripts).filter(([name]) => name.startsWith('start'));
  const options = new Set(
    starts.map(([, script]) => /^exec (node .+) dist\/\w+\.js$/.exec(script)?.[1]),
  );
  expect(starts).toHaveLength(3);
  const shown = /^(node .+) dist\/gateway\.js$/m.exec(
    readFileSync('docs/operations.md', 'utf8'),
  )?.[1];
  expect([...options]).toEqual([shown]);
  expect(['node', ...NODE_FLAGS].join(' ')).toBe(shown);
});
