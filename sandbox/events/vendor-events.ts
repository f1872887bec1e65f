import type { DeliveryFault } from './deliveries.ts';

/** Where a vendor's events go. */
export interface EventReceiver {
  /** `http://127.0.0.1:4000/webhooks/stripe` */
  readonly url: string;
  /** As the vendor believes to call it, where that is another URL: HubSpot signs it. @default `url` */
  readonly publicUrl?: string | undefined;
}

/** Event delivery of a sandbox vendor. */
export interface SandboxEvents {
  /** What goes wrong with deliveries from now on; null for nothing. */
  deliveries: DeliveryFault | null;
  /** Sends all events there from now on, as if someone had set it up on the vendor's pages; undefined: nowhere. */
  deliverTo(receiver: EventReceiver | undefined): void;
  /** Makes one of the changes that a living account sees. The same ones in the same order each time. */
  simulateChange(): void;
  /** Carries out a change that was made on the vendor's pages. @throws {Error} saying what was expected, where it is none. */
  edit(change: Readonly<Record<string, unknown>>): unknown;
  stop(): void;
  start(): void;
}
