import { takeFirst, takeFrom } from '../../upstream/waiting-line.ts';

/**
 * The waiting line of requests on connections without a successful response. One request starts in each turn of the event loop, so that
 * pending requests continue in between. Client addresses take turns.
 */
export class Newcomers {
  readonly #byAddress = new Map<string, Set<() => void>>();
  #isUnderWay = false;

  /** @param address the client's address: see `networkOf` */
  add(address: string, start: () => void): void {
    const waiting = this.#byAddress.get(address);
    if (waiting === undefined) this.#byAddress.set(address, new Set([start]));
    else waiting.add(start);
    if (!this.#isUnderWay) this.#startNext();
  }

  #startNext(): void {
    this.#isUnderWay = this.#byAddress.size > 0;
    if (!this.#isUnderWay) return;
    setImmediate(() => {
      takeFrom(this.#byAddress, takeFirst)?.();
      this.#startNext();
    });
  }
}
