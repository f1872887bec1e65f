import { LRUCache } from 'lru-cache';
import type { BudgetStore } from './shared-state.ts';

/** The keys that were spent of last; who fills it with others has a budget of their own for each. */
const MAX_KEYS = 50_000;

export function createMemoryBudgets(): BudgetStore {
  const windows = new LRUCache<string, { spent: number; readonly endsAt: number }>({ max: MAX_KEYS });
  return {
    spend: (key, amount, { limit, windowMs }) => {
      const now = performance.now();
      let window = windows.get(key);
      if (window === undefined || window.endsAt <= now) {
        window = { spent: 0, endsAt: now + windowMs };
        windows.set(key, window);
      }
      const isGranted = window.spent + amount <= limit;
      if (isGranted) window.spent += amount;
      return { isGranted, left: Math.max(0, limit - window.spent), resetMs: Math.round(window.endsAt - now) };
    },
  };
}
