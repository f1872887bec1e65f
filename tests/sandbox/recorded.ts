import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';

const RECORDED = resolve(process.env['RECORDED_DIR'] ?? '../shared/recorded');

/** Describes what holds against recorded exchanges; skips it, and says so, where there are none. */
export function describeRecorded(promise: string, tests: () => void): void {
  const isThere = existsSync(RECORDED);
  if (!isThere) console.info(`Skipped: ${promise}, as ${RECORDED} is not there (RECORDED_DIR).`);
  (isThere ? describe : describe.skip)(promise, tests);
}

export const readRecorded = (name: string): unknown =>
  JSON.parse(readFileSync(resolve(RECORDED, name), 'utf8'));
