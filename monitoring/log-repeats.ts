/** Says which lines of a kind go to the log: the first one, and once a minute one with how many there were since. */
export class LogRepeats {
  readonly #kinds = new Map<string, { readonly loggedAt: number; repeats: number }>();
  readonly #now: () => number;

  /** @param now tells the time in milliseconds. @default performance.now */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @returns what to add to the line that is logged; undefined where none is */
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
