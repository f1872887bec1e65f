import type { IncomingHttpHeaders } from 'node:http';
import type { RequestScope } from '../../request/request-scope.ts';
import type { NewEvent } from '../change.ts';

/** How a vendor tells of changes: the events that it sends, and those that can be read from it later. */
export interface VendorChanges {
  /** `POST /webhooks/<vendor>` */
  readonly vendor: string;
  /** Undefined where no secret is set: then the events are only read. */
  readonly webhooks: VendorWebhooks | undefined;
  /**
   * Where catch-up finds records that have changed and not the events that webhooks tell of: for how long before such a change a webhook of the same
   * record counts as having told of it; milliseconds.
   * @default catch-up finds events, which have the same keys as those of webhooks
   */
  readonly sameChangeMs?: number;
  /**
   * Reads the changes since a time, oldest first, each page as it comes. A change that was received as well has the same key, where the vendor
   * names its events.
   * @param since milliseconds since 1970, by the vendor's clock
   * @throws CodedError
   */
  catchUp(since: number, scope: RequestScope): AsyncIterable<readonly NewEvent[]>;
}

/** What a vendor's adapter provides for events. */
export interface VendorEvents extends VendorChanges {
  /**
   * Lets the vendor send its events to a URL, or says how a person does that.
   * @throws CodedError
   */
  setUp(url: string, scope: RequestScope): Promise<WebhookSetup>;
  /**
   * A delivery of an event as the vendor would send it, for development.
   * @returns undefined where this graph has no use for events of the type
   */
  sign(event: TestEvent): SignedDelivery | undefined;
}

export interface WebhookSetup {
  /** What was done, and what remains to do; a sentence each. */
  readonly lines: readonly string[];
  /** The variable that takes the secret of deliveries. */
  readonly secretName: string;
  /** The secret, where the vendor has made one now: it tells it once. */
  readonly secret?: string;
}

export interface TestEvent {
  /** By the vendor's name: `payment_intent.succeeded`. */
  readonly type: string;
  /** Of the record that it is about. */
  readonly id: string;
  /** Where it is sent. */
  readonly url: string;
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The body of a `POST`, and the headers that it needs. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface VendorWebhooks {
  /** Checks the signature of a delivery, and reads what it tells of. It never throws. */
  receive(delivery: WebhookDelivery): WebhookResult;
  /** What no log may hold. */
  readonly secrets: readonly string[];
}

/** A request of a vendor, as it came. */
export interface WebhookDelivery {
  readonly method: string;
  /** As the vendor called it: `PUBLIC_URL`, path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type WebhookResult =
  | {
      readonly kind: 'events';
      readonly events: readonly NewEvent[];
      /** Events of the delivery that this graph has no use for, by reason: they are counted, and answered as stored ones are. */
      readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>;
      /** How many events of the delivery have a form that this version does not know. The others are stored. @default 0 */
      readonly unreadable?: number;
      /**
       * Reads from the vendor what the delivery leaves out, such as the account of a payment. Without it the events hold what was delivered.
       * @returns the events with it, to be stored in place of those above
       * @throws CodedError
       * @default nothing is left out
       */
      readonly complete?: (scope: RequestScope) => Promise<readonly NewEvent[]>;
    }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  /** Signed, but as a whole of a form that this version does not know: it must be sent again, to one that does. */
  | { readonly kind: 'unreadable' };

/** `mode`: of a live account where this is a test, or the reverse. */
export type IgnoredReason = 'type' | 'account' | 'mode';

export type RefusedReason = 'unsigned' | 'wrong-signature' | 'too-old' | 'too-new';
