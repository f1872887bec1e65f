import { CodedError } from '../../errors/coded-error.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { cancellationOf } from '../../request/cancellation.ts';
import { WaitingLine, WaitingLineFull } from '../../upstream/waiting-line.ts';

/**
 * The waiting line of documents that have not been validated yet. Validation may take as long as the document limits allow, so one goes after
 * the other, and together they get no more than half of the thread's time: requests with known documents are answered in between.
 */
export class ValidationLine {
  readonly #line = new WaitingLine(MAX_WAITING);
  #isTaken = false;

  /**
   * Runs a check once its turn comes.
   * @throws CodedError `RATE_LIMITED` where too many wait, where the request's deadline passes, and where its client disconnects
   */
  async run<Checked>(scope: RequestScope, check: () => Promise<Checked>): Promise<Checked> {
    if (this.#isTaken) await this.#line.wait(scope, cancellationOf(scope.signal)).catch(refuse);
    this.#isTaken = true;
    const begun = performance.now();
    try {
      return await check();
    } finally {
      // A check waits for nothing, so that the time is the thread's.
      setTimeout(() => {
        this.#isTaken = this.#line.admit();
      }, performance.now() - begun);
    }
  }
}

/** Requests. A document takes some milliseconds, so that the last one in line still meets its deadline. */
const MAX_WAITING = 500;

function refuse(reason: unknown): never {
  if (reason instanceof WaitingLineFull) throw reason;
  const message =
    'The deadline passed while the document was waiting for its validation. Send the request again later.';
  throw new CodedError('RATE_LIMITED', message, { retryAfter: 1, cause: reason });
}
