import { describe, expect, it } from '@jest/globals';
import { CodedError } from '../../errors/coded-error.ts';

describe('a coded error', () => {
  it('limits retryAfter to one day', () => {
    const after = (retryAfter: number) =>
      new CodedError('UPSTREAM_RATE_LIMITED', 'Later.', { retryAfter }).extensions.retryAfter;
    expect([after(0), after(30), after(1e12)]).toEqual([0, 30, 86_400]);
  });
});
