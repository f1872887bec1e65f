import type { IncomingHttpHeaders } from 'node:http';
import type { RequestScope } from '../../request/request-scope.ts';
import type { NewEvent } from '../change.ts';

/** How a vendor reports changes: by webhooks, and by an API that lists them. */
export interface VendorChanges {
  /** `POST /webhooks/<vendor>` */
  readonly vendor: string;
  /** Undefined if no secret is set. Then only catch-up finds changes. */
  readonly webhooks: VendorWebhooks | undefined;
  /**
   * For catch-up that finds changed records instead of events, and so no deleted ones: a webhook of the same record
   * counts as the report of a change if it is at most this much older; milliseconds.
   * @default catch-up finds events with the keys that webhooks have
   */
  readonly sameChangeMs?: number;
  /**
   * Reads the changes since a time, oldest first, page by page. A change has the same key as in a webhook if the vendor
   * identifies its events.
   * @param since milliseconds since 1970, by the vendor's clock
   * @throws CodedError
   */
  catchUp(since: number, scope: RequestScope): AsyncIterable<readonly NewEvent[]>;
}

/** What a vendor's adapter provides for events. */
export interface VendorEvents extends VendorChanges {
  /**
   * Subscribes a URL to the vendor's events, or describes how a person does that.
   * @throws CodedError
   */
  setUp(url: string, scope: RequestScope): Promise<WebhookSetup>;
  /** The vendor's name of the permission that {@link setUp} needs. @default none */
  readonly setUpPermission?: string;
  /**
   * Signs a delivery as the vendor would, for development.
   * @returns undefined if this graph does not use events of the type
   */
  sign(event: TestEvent): SignedDelivery | undefined;
}

export interface WebhookSetup {
  /** Completed and remaining steps; a sentence each. */
  readonly lines: readonly string[];
  /** The variable for the signing secret. */
  readonly secretName: string;
  /** The secret, if the vendor has just created it. It is shown once. */
  readonly secret?: string;
}

export interface TestEvent {
  /** The vendor's name of it: `payment_intent.succeeded`. */
  readonly type: string;
  /** The record's id. */
  readonly id: string;
  /** The receiver. */
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
  /** Checks the signature of a delivery, and reads its events. Never throws. */
  receive(delivery: WebhookDelivery): WebhookResult;
  /** To be redacted in logs. */
  readonly secrets: readonly string[];
}

/** A vendor's request, unchanged. */
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
      /** Counts of events that this graph does not use, by reason. They are acknowledged like stored ones. */
      readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>;
      /** How many events this version cannot parse. The others are stored, and the vendor must retry. @default 0 */
      readonly unreadable?: number;
      /**
       * Reads data that the delivery lacks from the vendor, such as the account of a payment.
       * @returns the completed events, to be stored in place of `events`
       * @throws CodedError
       * @default the delivery is complete
       */
      readonly complete?: (scope: RequestScope) => Promise<readonly NewEvent[]>;
    }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  /** Signed, but this version cannot parse it: the vendor must retry, until a version that can is deployed. */
  | { readonly kind: 'unreadable' };

/** `mode`: live mode where the key is for test mode, or the reverse. */
export type IgnoredReason = 'type' | 'account' | 'mode';

export type RefusedReason = 'unsigned' | 'wrong-signature' | 'too-old' | 'too-new';
