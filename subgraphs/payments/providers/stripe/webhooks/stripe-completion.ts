import type { Change, NewEvent } from '../../../../../events/change.ts';
import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { getEvent, getPaymentIntent } from '../endpoints/stripe-read-endpoints.ts';
import { find } from '../stripe-client.ts';
import { type ReadableEvent, type ReadOptions, readEvent } from './stripe-events.ts';

/** The source of an event, and the client that completes it. */
export interface EventSource extends ReadOptions {
  readonly client: UpstreamClient;
  readonly scope: RequestScope;
}

/**
 * Reads the missing part of an event from Stripe.
 * @returns the unchanged event if Stripe does not have that part
 * @throws CodedError
 */
export async function completeEvent(
  { event, missing }: ReadableEvent,
  source: EventSource,
): Promise<NewEvent> {
  if (missing === undefined) return event;
  const { client, scope } = source;
  if (missing.what === 'snapshot') {
    const body = await find(client, getEvent(missing.id), scope);
    const read = readEvent(body, source);
    return read.kind === 'event' ? completeEvent(read, source) : event;
  }
  const { customer } = (await find(client, getPaymentIntent(missing.id, []), scope)) ?? {};
  const account = typeof customer === 'string' ? customer : customer?.id;
  return account === undefined
    ? event
    : { ...event, changes: event.changes.map((change) => addAccount(change, account)) };
}

const addAccount = (change: Change, id: string): Change =>
  change.type === 'Payment'
    ? { ...change, related: [...change.related, { type: 'BillingAccount', id }] }
    : change;
