import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../errors/error-codes.ts';

const rows = readFileSync('docs/errors.md', 'utf8').matchAll(
  /^\| `([A-Z_]+)` .*\| (yes|no) +\|$/gm,
);
const documented = Object.fromEntries(
  Array.from(rows, ([, code, retryable]) => [code, retryable === 'yes']),
);

it('docs/errors.md documents every code, and says of each whether a retry makes sense', () => {
  expect(documented).toEqual(
    Object.fromEntries(
      Object.entries(ERROR_CODES).map(([code, { retryable }]) => [code, retryable]),
    ),
  );
});
