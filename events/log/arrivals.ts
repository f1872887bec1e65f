/** Lets readers wait for the next entries of a log of this process. */
export class Arrivals {
  readonly #waiting = new Set<() => void>();

  /** To be called after an append. */
  announce(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves at the next append, after a timeout, or when the signal is aborted. */
  next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, QUIET_MS).unref();
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** How long a reader waits for entries before it gets an empty page. */
export const QUIET_MS = 5000;
