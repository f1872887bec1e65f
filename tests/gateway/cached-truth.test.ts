import { describe, expect, it } from '@jest/globals';
import { walk, walkWithoutWebhooks } from './cached-truth/walk.ts';

/** The same one makes the same choices: `TRUTH_SEED=1 npm test -- cached-truth`. */
const SEED = Number(process.env['TRUTH_SEED'] ?? Math.floor(Math.random() * 100_000));
const CHANGES = Number(process.env['TRUTH_CHANGES'] ?? 4);

describe.each(['embedded', 'distributed'] as const)('cached responses and 304, %s', (mode) => {
  it(`equal those without a cache after each of some changes (seed ${String(SEED)})`, async () => {
    const { lies, cached, unchanged } = await walk({ mode, seed: SEED, changes: CHANGES });
    expect(lies).toEqual([]);
    expect(cached).toBeGreaterThan(0);
    expect(unchanged).toBeGreaterThan(0);
  }, 120_000);

  it(`equal those without a cache once webhooks are lost, and once they arrive again (seed ${String(SEED)})`, async () => {
    const { lies, cached } = await walkWithoutWebhooks({ mode, seed: SEED, changes: CHANGES });
    expect(lies).toEqual([]);
    expect(cached).toBeGreaterThan(0);
  }, 120_000);
});
