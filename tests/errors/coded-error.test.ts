import { describe, expect, it } from '@jest/globals';
import { CodedError } from '../../errors/coded-error.ts';

describe('a coded error', () => {
  it('lets a client wait a day at most, whatever a vendor says', () => {
    const after = (retryAfter: number) =>
      new CodedError('UPSTREAM_RATE_LIMITED', 'Later.', { retryAfter }).extensions.retryAfter;
    expect([after(0), after(30), after(1e12)]).toEqual([0, 30, 86_400]);
  });
});
