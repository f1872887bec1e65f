import type { EventLogger } from '../request/event-logger.ts';
import type { VendorRefusal } from '../upstream/vendor-refusal.ts';

/** Logs refusals of vendors: the first of a kind, and once a minute how many there were since. */
export class RefusalLog {
  logger: EventLogger | undefined;
  readonly #kinds = new Map<string, { readonly loggedAt: number; repeats: number }>();
  readonly #now: () => number;

  /** @param now tells the time in milliseconds. @default performance.now */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  refused(refusal: VendorRefusal): void {
    const { vendor, method, path, status, code, category = '' } = refusal;
    const kind = [vendor, method, path, status, code, category].join(' ');
    const known = this.#kinds.get(kind);
    const now = this.#now();
    if (known !== undefined && now - known.loggedAt < PERIOD_MS) {
      known.repeats += 1;
      return;
    }
    if (known === undefined && this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(kind, { loggedAt: now, repeats: 0 });
    const line = { ...refusal, ...(known && known.repeats > 0 && { repeats: known.repeats }) };
    if (FOR_OPERATORS.has(code)) this.logger?.warn(line, MESSAGE);
    else this.logger?.info(line, MESSAGE);
  }
}

const MESSAGE = 'a vendor refused a call';
const PERIOD_MS = 60_000;
/** Paths are templates, so there are few; categories come from vendors. */
const MAX_KINDS = 1000;

/** What stays wrong until an operator changes something. */
const FOR_OPERATORS: ReadonlySet<string> = new Set(['UPSTREAM_AUTH', 'UPSTREAM_CONTRACT']);
