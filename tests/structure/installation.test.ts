import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

it('npm ci warns of no package that refuses this version of Node.js', async () => {
  const options = ['--dry-run', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];

  const { stderr } = await run('npm', ['ci', ...options]);

  expect(stderr.split('\n').filter((line) => line.includes('EBADENGINE'))).toEqual([]);
});
