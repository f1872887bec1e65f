import { deliverStripeEvent, paidEvent } from './signed-stripe-event.ts';

export interface RetryingVendorOptions {
  readonly secret: string;
  /** Where the next delivery goes; waits until something listens there. */
  readonly receiver: () => Promise<string>;
  /** How many payments subscribers have seen. */
  readonly seen: () => number;
  /** How many payments may be sent and not seen yet. */
  readonly window: number;
}

/** Stripe, as far as it sends events: each of another payment, several at a time, and each again until it gets 200. */
export class RetryingVendor {
  readonly acknowledged = new Set<string>();
  /** Of responses other than 200, by status. */
  readonly refused = new Map<number, number>();
  readonly #options: RetryingVendorOptions;
  readonly #unsent: string[] = [];
  #sent = 0;
  #open = 0;
  #wake: () => void = () => undefined;

  constructor(options: RetryingVendorOptions) {
    this.#options = options;
  }

  /** A payment of each id has succeeded. */
  send(ids: readonly string[]): void {
    this.#unsent.push(...ids);
    this.proceed();
  }

  /** Sends what it may send now: it is called when subscribers have seen more, too. */
  proceed(): void {
    const { seen, window } = this.#options;
    while (this.#open < OPEN && this.#sent - seen() < window) {
      const id = this.#unsent.shift();
      if (id === undefined) return;
      this.#sent += 1;
      this.#open += 1;
      void this.#deliver(id);
    }
  }

  /** Waits for so many acknowledged payments. */
  async untilAcknowledged(count: number): Promise<void> {
    while (this.acknowledged.size < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  async #deliver(id: string): Promise<void> {
    const event = paidEvent(`evt_${id}`, id);
    while (!this.acknowledged.has(id)) {
      const url = await this.#options.receiver();
      // Without a response, such as while the receiver is killed, the outcome is not known.
      const status = await deliverStripeEvent(url, event, this.#options).then(
        async (response) => {
          await response.text();
          return response.status;
        },
        () => 0,
      );
      if (status === 200) this.acknowledged.add(id);
      else this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
    }
    this.#open -= 1;
    this.#wake();
    this.proceed();
  }
}

/** Deliveries that are under way at the same time. */
const OPEN = 64;
