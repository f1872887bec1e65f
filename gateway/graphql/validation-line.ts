import { CodedError } from '../../errors/coded-error.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { cancellationOf } from '../../request/cancellation.ts';
import { WaitingLine, WaitingLineFull } from '../../upstream/waiting-line.ts';

/**
 * The waiting line for validation. A validation can take as long as the document limits allow, so documents are validated one at a time and
 * in at most half of the thread's time. Requests with known documents run in between.
 */
export class ValidationLine {
  readonly #line = new WaitingLine(MAX_WAITING);
  #isTaken = false;

  /**
   * Runs a check when its turn comes.
   * @throws CodedError `RATE_LIMITED` if too many wait, the deadline passes, or the client disconnects
   */
  async run<Checked>(scope: RequestScope, check: () => Promise<Checked>): Promise<Checked> {
    if (this.#isTaken) await this.#line.wait(scope, cancellationOf(scope.signal)).catch(refuse);
    this.#isTaken = true;
    const begun = performance.now();
    try {
      return await check();
    } finally {
      // A check waits for nothing, so this is time of the thread.
      setTimeout(() => {
        this.#isTaken = this.#line.admit();
      }, performance.now() - begun);
    }
  }
}

/** Requests. A validation takes some milliseconds, so the last one still meets its deadline. */
const MAX_WAITING = 500;

function refuse(reason: unknown): never {
  if (reason instanceof WaitingLineFull) throw reason;
  const message =
    'The deadline passed while the document was waiting for its validation. Send the request again later.';
  throw new CodedError('RATE_LIMITED', message, { retryAfter: 1, cause: reason });
}
