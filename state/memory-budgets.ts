import { LRUCache } from 'lru-cache';
import { toBudgetResult, afterSpending } from './budget.ts';
import type { BudgetStore } from './shared-state.ts';

/** The most recently used keys. A client that fills it with other keys has a budget for each of them, too. */
const MAX_KEYS = 50_000;

export function createMemoryBudgets(): BudgetStore {
  /** When the budget will be full again. */
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
