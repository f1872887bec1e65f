import { CodedError } from '../errors/coded-error.ts';
import type { RequestScope } from '../upstream/call-trace.ts';
import { cancellationOf } from '../upstream/cancellation.ts';
import { Line, LineFull } from '../upstream/line.ts';

/**
 * The waiting line of documents that have not been validated yet. Validation may take as long as the document limits allow, so one goes after
 * the other, and together they get no more than half of the thread's time: requests with known documents are answered in between.
 */
export class ValidationLine {
  readonly #line = new Line(MAX_WAITING);
  #isTaken = false;

  /**
   * @returns undefined where nobody else is validating.
   * @throws CodedError `RATE_LIMITED` where too many wait, where the request's deadline passes, and where its client disconnects
   */
  enter(scope: RequestScope): Promise<void> | undefined {
    if (this.#isTaken) return this.#line.wait(scope, cancellationOf(scope.signal)).catch(refuse);
    this.#take();
    return undefined;
  }

  #take(): void {
    this.#isTaken = true;
    const begun = performance.now();
    // Once the document has been validated, and all that came meanwhile has been looked at.
    setImmediate(() => {
      setTimeout(() => {
        if (this.#line.size === 0) this.#isTaken = false;
        else {
          this.#take();
          this.#line.admit();
        }
      }, performance.now() - begun);
    });
  }
}

/** Requests. A document takes some milliseconds, so that the last one in line still meets its deadline. */
const MAX_WAITING = 500;

function refuse(reason: unknown): never {
  if (reason instanceof LineFull) throw reason;
  const message = 'The deadline passed while the document was waiting for its validation. Send the request again later.';
  throw new CodedError('RATE_LIMITED', message, { retryAfter: 1, cause: reason });
}
