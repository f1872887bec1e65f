/** The clock and timers of streams. Tests replace them. */
export interface Clock {
  /** Monotonic time in milliseconds. */
  now(): number;
  /** Runs a function at an interval, which does not keep the process alive. @returns a function that stops it */
  every(ms: number, run: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};
