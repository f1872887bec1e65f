import { LRUCache } from 'lru-cache';
import { toBudgetResult, afterSpending } from './budget.ts';
import type { BudgetStore } from './shared-state.ts';

/** The keys that were spent of last; who fills it with others has a budget of their own for each. */
const MAX_KEYS = 50_000;

export function createMemoryBudgets(): BudgetStore {
  /** When the whole budget will be there again. */
  const wholeAt = new LRUCache<string, number>({ max: MAX_KEYS });
  return {
    spend: (key, amount, budget) => {
      const now = performance.now();
      const owedMs = Math.max(0, (wholeAt.get(key) ?? 0) - now);
      const after = afterSpending(owedMs, amount, budget);
      if (after !== undefined) wholeAt.set(key, now + after);
      return toBudgetResult(owedMs, after, amount, budget);
    },
  };
}
