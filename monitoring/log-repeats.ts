/** Limits repeated log lines: logs the first of a kind, and then one per minute with the number of repeats. */
export class LogRepeats {
  readonly #kinds = new Map<string, { readonly loggedAt: number; repeats: number }>();
  readonly #now: () => number;

  /** @param now returns the time in milliseconds. @default performance.now */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @returns fields for the log line; undefined if the line is suppressed */
  next(kind: string): { readonly repeats?: number } | undefined {
    const known = this.#kinds.get(kind);
    const now = this.#now();
    if (known !== undefined && now - known.loggedAt < PERIOD_MS) {
      known.repeats += 1;
      return undefined;
    }
    if (known === undefined && this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(kind, { loggedAt: now, repeats: 0 });
    return known !== undefined && known.repeats > 0 ? { repeats: known.repeats } : {};
  }
}

const PERIOD_MS = 60_000;
const MAX_KINDS = 1000;
