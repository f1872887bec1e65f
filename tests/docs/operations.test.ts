import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { createMonitoring } from '../../monitoring/monitoring.ts';

const rows = readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(tributary_\w+)` +\| (\w+) /gm);
const documented = Array.from(rows, ([, name, type]) => `${String(name)} ${String(type)}`);

it('docs/operations.md documents every metric of ours with its type', async () => {
  const types = (await createMonitoring({ vendors: [] }).exposition()).matchAll(/^# TYPE (tributary_\w+ \w+)$/gm);
  expect(documented.sort()).toEqual(Array.from(types, ([, type]) => type).sort());
});
