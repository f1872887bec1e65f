import type { RequestScope } from '../upstream/call-trace.ts';
import { Turns } from '../upstream/turns.ts';

/**
 * Texts that nobody has validated yet, which may take as long as the limits of a document allow: one after the other, and together no more
 * than half of the thread's time, however many come at once. What is known is answered in between. Callers take turns.
 */
export class UnknownTexts {
  readonly #waiting = new Turns<() => void>();
  #isTaken = false;

  /** @returns undefined where it is this one's turn already. */
  turn(scope: RequestScope): Promise<void> | undefined {
    if (this.#isTaken) {
      return new Promise((resolve) => {
        this.#waiting.add(scope, resolve);
      });
    }
    this.#take();
    return undefined;
  }

  #take(): void {
    this.#isTaken = true;
    const begun = performance.now();
    // Once the text has been validated, and all that came meanwhile been looked at.
    setImmediate(() => {
      setTimeout(() => {
        this.#isTaken = false;
        const next = this.#waiting.take();
        if (next === undefined) return;
        this.#take();
        next();
      }, performance.now() - begun);
    });
  }
}
