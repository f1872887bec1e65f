/**
 * Calls `run` after a time. It is counted in steps, so that time in which the event loop was blocked, and no response was read, counts as one step.
 * @returns a function that cancels it
 */
export function setSteppedTimeout(run: () => void, timeoutMs: number): () => void {
  let steps = Math.ceil(timeoutMs / STEP_MS);
  const timer = setInterval(
    () => {
      steps -= 1;
      if (steps > 0) return;
      clearInterval(timer);
      run();
    },
    Math.min(STEP_MS, timeoutMs),
  );
  return () => {
    clearInterval(timer);
  };
}

const STEP_MS = 100;
