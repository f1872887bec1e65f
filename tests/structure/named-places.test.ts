import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

/** Folders whose code serves any subgraph and any vendor: see docs/architecture.md. */
const NEUTRAL = ['errors', 'gateway', 'monitoring', 'request', 'settings', 'state', 'upstream'];

const NAMES = /\b(crm|payments|maps|hubspot|stripe|google)\b/i;

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
        NAMES.test(line) ? [`${file}:${String(index + 1)} ${line.trim()}`] : [],
      ),
  );
  expect(named).toEqual([]);
});
