import { expect } from '@jest/globals';
import { z } from 'zod';
import { UpstreamError } from '../../upstream/upstream-error.ts';

const DEPTH = 100_000;

/** Texts of JSON that no vendor should answer with. */
export const INVALID_RESPONSES: readonly (readonly [string, string])[] = [
  ['null', 'null'],
  ['a number', '1'],
  ['lists within lists', '['.repeat(DEPTH) + ']'.repeat(DEPTH)],
  ['objects within objects', '{"a":'.repeat(DEPTH) + '1' + '}'.repeat(DEPTH)],
  ['a list of some MB', JSON.stringify(Array.from({ length: 200_000 }, () => ({ a: 1 })))],
];

/** The same below a name, which is where a vendor's list is. */
export const invalidLists = (name: string): readonly (readonly [string, string])[] => [
  ...INVALID_RESPONSES,
  ...INVALID_RESPONSES.map(
    ([what, text]) =>
      [`${what} as its ${name}`, `{"${name}":${text},"has_more":false,"status":"OK"}`] as const,
  ),
];

/** What a call came to must be an answer that was not understood, with a reason small enough for a log. */
export function expectNotUnderstood(outcome: unknown): void {
  expect(outcome).toBeInstanceOf(UpstreamError);
  expect(outcome).toMatchObject({ code: 'UPSTREAM_CONTRACT' });
  const { cause } = outcome as UpstreamError;
  expect(cause).toBeInstanceOf(z.ZodRealError);
  expect((cause as z.ZodError).issues.length).toBeLessThanOrEqual(5);
  expect((cause as z.ZodError).message.length).toBeLessThan(2_000);
}

/** What a promise came to, whether it was kept or not. */
export const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => error);
