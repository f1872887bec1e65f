/** Operations a second in test mode, reads and writes together: https://docs.stripe.com/rate-limits */
const PER_SECOND = 25;

/** Of all search endpoints together: https://docs.stripe.com/search#rate-limits */
const SEARCHES_PER_SECOND = 20;

/** Counts operations; `now` is in milliseconds. What is refused doesn't count. */
export function createRateLimit(now: () => number) {
  const admitsAny = createWindow(now, PER_SECOND);
  const admitsSearch = createWindow(now, SEARCHES_PER_SECOND);
  return {
    /** The limit that one more would be over. */
    exceededBy(path: string): 'global-rate' | 'endpoint-rate' | undefined {
      if (path.endsWith('/search') && !admitsSearch()) return 'endpoint-rate';
      return admitsAny() ? undefined : 'global-rate';
    },
  };
}

function createWindow(now: () => number, limit: number): () => boolean {
  let recent: readonly number[] = [];
  return () => {
    const time = now();
    recent = recent.filter((earlier) => earlier > time - 1000);
    if (recent.length >= limit) return false;
    recent = [...recent, time];
    return true;
  };
}
