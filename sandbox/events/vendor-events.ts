import type { DeliveryFault } from './deliveries.ts';

/** The receiver of a vendor's events. */
export interface EventReceiver {
  /** `http://127.0.0.1:4000/webhooks/stripe` */
  readonly url: string;
  /** The public URL that the vendor calls, if it differs: HubSpot signs it. @default `url` */
  readonly publicUrl?: string | undefined;
}

/** Event delivery of a sandbox vendor. */
export interface SandboxEvents {
  /** The fault of deliveries from now on; null for none. */
  deliveries: DeliveryFault | null;
  /** Sets the receiver of all events, as on the vendor's pages; undefined: none. */
  deliverTo(receiver: EventReceiver | undefined): void;
  /** Resolves when each event is delivered or has had its last attempt. Late events are not waited for. */
  settled(): Promise<void>;
  /** Makes one typical change in the account. The sequence of changes is always the same. */
  simulateChange(): void;
  /** Applies an edit, as on the vendor's pages. @throws {Error} with the expected form if the edit is invalid. */
  edit(change: Readonly<Record<string, unknown>>): unknown;
  stop(): void;
  start(): void;
}
