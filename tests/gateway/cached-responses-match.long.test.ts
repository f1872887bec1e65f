import { describe, expect, it } from '@jest/globals';
import {
  compareAfterChanges,
  compareWithoutWebhooks,
} from './cached-responses-match/compare-responses.ts';

/** The first of the seeds. Others make other choices: `CACHED_RESPONSES_SEED=100 npm run test:long -- cached-responses-match`. */
const SEED = Number(process.env['CACHED_RESPONSES_SEED'] ?? 1);
const RUNS = Number(process.env['CACHED_RESPONSES_RUNS'] ?? 2);
const CHANGES = 20;

describe.each(['embedded', 'distributed'] as const)('cached responses and 304, %s', (mode) => {
  it.each(Array.from({ length: RUNS }, (_, index) => SEED + index))(
    'equal those without a cache after each of many changes (seed %i)',
    async (seed) => {
      const { differences, cached, unchanged } = await compareAfterChanges({
        mode,
        seed,
        changes: CHANGES,
      });
      expect(differences).toEqual([]);
      expect(cached).toBeGreaterThan(0);
      expect(unchanged).toBeGreaterThan(0);
    },
    300_000,
  );

  it.each(Array.from({ length: RUNS }, (_, index) => SEED + index))(
    'equal those without a cache once webhooks are lost, and once they arrive again (seed %i)',
    async (seed) => {
      const { differences, cached } = await compareWithoutWebhooks({
        mode,
        seed,
        changes: CHANGES,
      });
      expect(differences).toEqual([]);
      expect(cached).toBeGreaterThan(0);
    },
    300_000,
  );
});
