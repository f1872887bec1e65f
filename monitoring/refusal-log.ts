import type { EventLogger } from '../request/event-logger.ts';
import type { VendorRefusal } from '../upstream/vendor-refusal.ts';
import { LogRepeats } from './log-repeats.ts';

/** Logs refusals of vendors: the first of a kind, and then one per minute with the number of repeats. */
export class RefusalLog {
  logger: EventLogger | undefined;
  readonly #repeats: LogRepeats;

  /** @param now returns the time in milliseconds. @default performance.now */
  constructor(now?: () => number) {
    this.#repeats = new LogRepeats(now);
  }

  refused(refusal: VendorRefusal): void {
    const { vendor, method, path, status, code, category = '' } = refusal;
    // Paths are templates, so there are few; categories come from vendors.
    const repeated = this.#repeats.next([vendor, method, path, status, code, category].join(' '));
    if (repeated === undefined) return;
    const line = { ...refusal, ...repeated };
    if (FOR_OPERATORS.has(code)) this.logger?.warn(line, MESSAGE);
    else this.logger?.info(line, MESSAGE);
  }
}

const MESSAGE = 'a vendor refused a call';

/** Refusals that persist until an operator acts. */
const FOR_OPERATORS: ReadonlySet<string> = new Set(['UPSTREAM_AUTH', 'UPSTREAM_CONTRACT']);
