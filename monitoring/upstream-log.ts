import type { BreakerState, CallClass } from '../upstream/upstream-monitor.ts';
import type { EventLogger } from '../request/event-logger.ts';

/** Logs events on which an operator may have to act. */
export class UpstreamLog {
  #logger: EventLogger | undefined;
  /** The state of Redis before there was a logger. */
  #untold: readonly [isShared: boolean, reason?: string] | undefined;

  /** Vendor clients and Redis start before the server that creates the logger. */
  logTo(logger: EventLogger): void {
    this.#logger = logger;
    if (this.#untold !== undefined) this.sharedStateChanged(...this.#untold);
    this.#untold = undefined;
  }

  breakerChanged(vendor: string, calls: CallClass, state: BreakerState, api?: string): void {
    const broken = { vendor, ...(api !== undefined && { api }), calls };
    if (state === 'half-open')
      this.#logger?.info(broken, 'circuit breaker half-open: one call tests the vendor');
    else if (state === 'open')
      this.#logger?.warn(broken, 'circuit breaker open: the vendor is not called');
    else this.#logger?.warn(broken, 'circuit breaker closed: the vendor is called again');
  }

  sharedStateChanged(isShared: boolean, reason?: string): void {
    if (this.#logger === undefined)
      this.#untold = reason === undefined ? [isShared] : [isShared, reason];
    this.#logger?.warn(
      reason === undefined ? {} : { reason },
      isShared ? 'Redis is connected' : 'Redis is disconnected: this instance uses its own state',
    );
  }
}
