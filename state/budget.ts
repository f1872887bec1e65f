import type { Budget, BudgetResult } from './shared-state.ts';

/**
 * The generic cell rate algorithm. A spent amount becomes a debt, in milliseconds until it is refilled. An amount above the burst is granted
 * only without debt, and its debt lasts accordingly longer.
 * @returns the new debt; undefined if the amount cannot be spent yet
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

/** Below the resolution of clocks. */
const ROUNDING_MS = 1e-3;

/** @param after is the result of {@link afterSpending} */
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
