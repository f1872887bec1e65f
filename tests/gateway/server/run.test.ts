import { expect, it } from '@jest/globals';
import { openable } from '../../../gateway/server/run.ts';

it.each([
  ['http://[::]:4000', 'http://localhost:4000'],
  ['http://0.0.0.0:4000', 'http://localhost:4000'],
  ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ['http://[::1]:4000', 'http://[::1]:4000'],
  ['http://10.0.0.0:4000', 'http://10.0.0.0:4000'],
])('prints for a server on %s the URL that a browser opens: %s', (url, expected) => {
  expect(openable(url)).toBe(expected);
});
