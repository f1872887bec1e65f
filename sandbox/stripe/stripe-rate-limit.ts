/** Operations a second in test mode, reads and writes together: https://docs.stripe.com/rate-limits */
const PER_SECOND = 25;

/** Counts operations; `now` is in milliseconds. */
export function createRateLimit(now: () => number) {
  let recent: readonly number[] = [];
  return {
    /** Whether one more may pass; what is refused doesn't count. */
    admits(): boolean {
      const time = now();
      recent = recent.filter((earlier) => earlier > time - 1000);
      if (recent.length >= PER_SECOND) return false;
      recent = [...recent, time];
      return true;
    },
  };
}
