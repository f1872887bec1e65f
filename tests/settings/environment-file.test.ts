import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadEnvironmentFile } from '../../settings/environment-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'));
  file = join(folder, '.env');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the variables of a file', () => {
  it('are added to the environment, whose own win', () => {
    writeFileSync(file, 'URL=http://file\nPORT=1\n');
    const environment = { PORT: '2' };
    loadEnvironmentFile(environment, file);
    expect(environment).toEqual({ URL: 'http://file', PORT: '2' });
  });

  it('are read again: changed and new ones count, removed ones are gone, and those of the environment stay', () => {
    writeFileSync(file, 'URL=http://first\nGONE=1\nPORT=1\n');
    const environment = { PORT: '2' };
    const reload = loadEnvironmentFile(environment, file);
    writeFileSync(file, 'URL=http://second\nNEW=1\nPORT=3\n');
    reload();
    expect(environment).toEqual({ URL: 'http://second', NEW: '1', PORT: '2' });
  });

  it('are read again in a process that inherited them from one that had read them', () => {
    writeFileSync(file, 'URL=http://first\n');
    const environment = { URL: 'http://first' };
    const reload = loadEnvironmentFile(environment, file);
    writeFileSync(file, 'URL=http://second\n');
    reload();
    expect(environment).toEqual({ URL: 'http://second' });
  });

  it('need no file', () => {
    const environment = {};
    loadEnvironmentFile(environment, file)();
    expect(environment).toEqual({});
  });
});
