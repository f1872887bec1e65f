import { describe, expect, it } from '@jest/globals';
import {
  compareAfterChanges,
  compareWithoutWebhooks,
} from './cached-responses-match/compare-responses.ts';

/** Another one makes other choices: `CACHED_RESPONSES_SEED=2 npm test -- cached-responses-match`. */
const SEED = Number(process.env['CACHED_RESPONSES_SEED'] ?? 1);
const CHANGES = Number(process.env['CACHED_RESPONSES_CHANGES'] ?? 4);

describe.each(['embedded', 'distributed'] as const)('cached responses and 304, %s', (mode) => {
  it(`equal those without a cache after each of some changes (seed ${String(SEED)})`, async () => {
    const { differences, cached, unchanged } = await compareAfterChanges({
      mode,
      seed: SEED,
      changes: CHANGES,
    });
    expect(differences).toEqual([]);
    expect(cached).toBeGreaterThan(0);
    expect(unchanged).toBeGreaterThan(0);
  }, 120_000);

  it(`equal those without a cache once webhooks are lost, and once they arrive again (seed ${String(SEED)})`, async () => {
    const { differences, cached } = await compareWithoutWebhooks({
      mode,
      seed: SEED,
      changes: CHANGES,
    });
    expect(differences).toEqual([]);
    expect(cached).toBeGreaterThan(0);
  }, 120_000);
});
