import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';

/** Folders whose code serves any subgraph and any vendor: see docs/anatomy.md. */
const NEUTRAL = ['errors', 'gateway', 'monitoring', 'request', 'settings', 'state', 'upstream'];

const names = SUBGRAPHS.flatMap(({ name, vendors }) => [name, ...Object.keys(vendors)]);
const NAMED = new RegExp(String.raw`\b(${names.join('|')})\b`, 'i');

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|css|html)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

it.each(NEUTRAL)('no file of %s names a subgraph or a vendor', (folder) => {
  const files = filesOf(folder);
  expect(files.length).toBeGreaterThan(0);
  const named = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        NAMED.test(line) ? [`${file}:${String(index + 1)} ${line.trim()}`] : [],
      ),
  );
  expect(named).toEqual([]);
});
