// The real ones, also while a test uses fake timers.
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/**
 * Repeats a check until it returns something other than `false`, `null` or `undefined`.
 * @param condition what the test waits for. The error names it
 * @param limitMs must be less than the time limit of the test
 * @returns what the check has returned
 */
export async function until<Found>(
  condition: string,
  check: () => Found | Promise<Found>,
  limitMs = 25_000,
): Promise<NonNullable<Exclude<Found, false>>> {
  for (const begun = performance.now(); ;) {
    const found = await check();
    // A cast: TypeScript does not narrow a type parameter by `false`.
    if (found !== false && found != null) return found as NonNullable<Exclude<Found, false>>;
    if (performance.now() - begun > limitMs)
      throw new Error(`Expected ${condition} within ${String(limitMs / 1000)} seconds.`);
    await turn();
  }
}
