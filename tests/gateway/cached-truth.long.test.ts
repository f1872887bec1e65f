import { describe, expect, it } from '@jest/globals';
import { walk, walkWithoutWebhooks } from './cached-truth/walk.ts';

/** The first of the seeds: `TRUTH_SEED=1 npm run test:long -- cached-truth`. */
const SEED = Number(process.env['TRUTH_SEED'] ?? Math.floor(Math.random() * 100_000));
const WALKS = Number(process.env['TRUTH_WALKS'] ?? 2);
const CHANGES = 20;

describe.each(['embedded', 'distributed'] as const)('cached responses and 304, %s', (mode) => {
  it.each(Array.from({ length: WALKS }, (_, index) => SEED + index))(
    'equal those without a cache after each of many changes (seed %i)',
    async (seed) => {
      const { lies, cached, unchanged } = await walk({ mode, seed, changes: CHANGES });
      expect(lies).toEqual([]);
      expect(cached).toBeGreaterThan(0);
      expect(unchanged).toBeGreaterThan(0);
    },
    300_000,
  );

  it.each(Array.from({ length: WALKS }, (_, index) => SEED + index))(
    'equal those without a cache once webhooks are lost, and once they arrive again (seed %i)',
    async (seed) => {
      const { lies, cached } = await walkWithoutWebhooks({ mode, seed, changes: CHANGES });
      expect(lies).toEqual([]);
      expect(cached).toBeGreaterThan(0);
    },
    300_000,
  );
});
