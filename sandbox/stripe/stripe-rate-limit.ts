/** Operations a second in test mode, reads and writes each: https://docs.stripe.com/rate-limits */
const PER_SECOND = 25;

/** Counts operations; `now` is in milliseconds. */
export function createRateLimit(now: () => number) {
  const times = { read: [] as number[], write: [] as number[] };
  return {
    /** Whether one more may pass; what is refused doesn't count. */
    admits(operation: 'read' | 'write'): boolean {
      const time = now();
      const recent = times[operation].filter((earlier) => earlier > time - 1000);
      times[operation] = recent;
      if (recent.length >= PER_SECOND) return false;
      recent.push(time);
      return true;
    },
  };
}
