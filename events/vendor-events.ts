import type { IncomingHttpHeaders } from 'node:http';
import type { RequestScope } from '../request/request-scope.ts';
import type { NewEvent } from './change.ts';

/** How a vendor tells of changes: the events that it sends, and those that can be read from it later. */
export interface VendorEvents {
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
    }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  /** Signed, but of a form that this version does not know: it must be sent again, to one that does. */
  | { readonly kind: 'unreadable' };

/** `mode`: of a live account where this is a test, or the reverse. */
export type IgnoredReason = 'type' | 'account' | 'mode';

export type RefusedReason = 'unsigned' | 'wrong-signature' | 'too-old' | 'too-new';
