import type { Budget, BudgetResult } from './shared-state.ts';

/**
 * What is owed once an amount is spent, in the milliseconds that it takes to come back; undefined where it cannot be spent yet. An amount
 * beyond what can be spent at once is granted to who owes nothing, and owed for as long as it takes. (The generic cell rate algorithm.)
 */
export function afterSpending(
  owedMs: number,
  amount: number,
  { limit, windowMs, burst }: Budget,
): number | undefined {
  const unitMs = windowMs / limit;
  const isThere = owedMs + Math.min(amount, burst) * unitMs <= burst * unitMs + ROUNDING_MS;
  return isThere ? owedMs + amount * unitMs : undefined;
}

/** Less than any clock tells. */
const ROUNDING_MS = 1e-3;

/** @param after is what {@link afterSpending} has said. */
export function toBudgetResult(
  owedMs: number,
  after: number | undefined,
  amount: number,
  { limit, windowMs, burst }: Budget,
): BudgetResult {
  const unitMs = windowMs / limit;
  const nowOwedMs = after ?? owedMs;
  return {
    isGranted: after !== undefined,
    left: Math.max(0, burst - nowOwedMs / unitMs),
    resetMs: nowOwedMs,
    waitMs: after === undefined ? owedMs + (Math.min(amount, burst) - burst) * unitMs : 0,
  };
}
