import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FileLog } from '../../../../events/log/file/file-log.ts';
import { readFileLog } from '../../../../events/log/file/file-log-reader.ts';
import { ORIGIN, type Position } from '../../../../events/log/position.ts';
import { changeOf, eventOf } from '../../catch-up/vendor-with-events.ts';

let folder: string;
let file: string;
let log: FileLog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'events-'));
  file = join(folder, 'events.log');
  log = await FileLog.open({ file, retentionMs: 3_600_000, segmentBytes: 1000 });
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

const append = (...ids: readonly string[]) =>
  log.append(ids.map((id) => eventOf(changeOf(id, 1), id)));
const numbers = (count: number, begin = 0) =>
  Array.from({ length: count }, (_, index) => String(begin + index));

it('reads a log that another process writes, page by page, over several segments', async () => {
  for (const id of numbers(30)) await append(id);
  const reader = readFileLog(file);
  const ids: string[] = [];
  let after: Position = ORIGIN;
  const next = async () => {
    const page = await reader.read(after, 7);
    after = page.reached;
    ids.push(...page.entries.map(({ change }) => change.id));
    return page.entries.length;
  };
  while ((await next()) > 0);
  for (const id of numbers(10, 30)) await append(id);
  while ((await next()) > 0);

  expect(readdirSync(folder).length).toBeGreaterThan(3);
  expect(ids).toEqual(numbers(40));
  expect(await reader.head()).toMatchObject({
    log: (await log.head()).log,
    position: (await log.head()).position,
  });
});

it('stops before an incomplete line, and does not change it', async () => {
  await append('1');
  const [segment = ''] = readdirSync(folder).filter((name) => /\d{6}$/.test(name));
  const path = join(folder, segment);
  appendFileSync(path, '12345678 {"mark":');
  const before = readFileSync(path);
  const { entries } = await readFileLog(file).read(ORIGIN, 10);

  expect(entries.map(({ change }) => change.id)).toEqual(['1']);
  expect(readFileSync(path)).toEqual(before);
});

it('names a missing file', async () => {
  await expect(readFileLog(join(folder, 'other.log')).head()).rejects.toThrow(
    `There are no events in ${join(folder, 'other.log')}.`,
  );
});
