import { createHmac, randomBytes } from 'node:crypto';
import { Deliveries, type DeliveryPolicy, exponentialBackoff } from '../events/deliveries.ts';
import { signingSecret, toSigningSecret, toWebhookEndpoint } from './shapes/webhook-endpoint.ts';
import { longId, token } from './stripe-ids.ts';
import { type JsonObject, textAt, type WireObject } from './stripe-json.ts';
import { RESOURCES } from './stripe-resources.ts';
import type { Store } from './stripe-store.ts';

/** Keeps events, and sends them to the endpoints that want them: https://docs.stripe.com/webhooks */
export interface StripeWebhooks {
  readonly deliveries: Deliveries;
  readonly send: (events: readonly WireObject[]) => void;
  /** Beyond Stripe's retention of events. */
  forgetOld(): void;
  /** Sends all events there as well; undefined: to endpoints that were made by the API alone. */
  readonly deliverTo: (url: string | undefined) => void;
  /** Another endpoint, as one made on Stripe's pages. */
  readonly addEndpoint: (endpoint: NewEndpoint) => {
    readonly id: string;
    readonly secret: string;
  };
  /** Gives an endpoint another secret. The one before signs as well, until it is rolled again. @returns the new one */
  rollSecret(endpointId: string): string;
}

export interface NewEndpoint {
  readonly url: string;
  /** @default all */
  readonly enabledEvents?: readonly string[];
  /** @default 'snapshot' */
  readonly payload?: 'snapshot' | 'thin';
}

/** The one that the sandbox sets up itself. */
export const OWN_ENDPOINT = longId('we', 'sandbox');

/** Stripe retries for three days: https://docs.stripe.com/webhooks#automatic-retries */
const ATTEMPTS = 16;

const POLICY: DeliveryPolicy = {
  concurrency: 20,
  timeoutMs: 10_000,
  retryDelay: (attempt) => (attempt + 1 < ATTEMPTS ? exponentialBackoff(attempt) : null),
};

/** https://docs.stripe.com/api/events: "We support access to event data for 30 days." */
const KEPT_S = 30 * 86_400;

/** A sandbox that runs for weeks keeps only what a test could want to see. */
const MOST_EVENTS = 10_000;

export function createStripeWebhooks({
  store,
  now,
}: {
  readonly store: Store;
  readonly now: () => number;
}): StripeWebhooks {
  const deliveries = new Deliveries(POLICY);
  const secrets = new Map<string, readonly string[]>();
  const secretsOf = (endpoint: string) => secrets.get(endpoint) ?? [signingSecret(endpoint)];
  let added = 0;

  function add(key: string, { url, enabledEvents = ['*'], payload = 'snapshot' }: NewEndpoint) {
    const endpoint = toWebhookEndpoint({
      id: longId('we', key),
      created: Math.floor(now() / 1000),
      url,
      enabledEvents,
      apiVersion: null,
      description: null,
      metadata: {},
      payload,
    });
    store.put(endpoint);
    return { id: endpoint.id, secret: signingSecret(endpoint.id) };
  }

  function deliver(event: WireObject, endpoint: WireObject): void {
    const content = endpoint['event_payload'] === 'thin' ? toThin(event) : event;
    // Stripe's bytes are not those of a program that encodes what it has read.
    const body = JSON.stringify(content, null, 2);
    deliveries.send({
      url: textAt(endpoint, 'url'),
      message: (_attempt, isForged) => {
        const signing = isForged
          ? [`whsec_${randomBytes(16).toString('hex')}`]
          : secretsOf(endpoint.id);
        return { headers: headersOf(body, signing, Math.floor(now() / 1000)), body };
      },
      settled: (isDelivered) => {
        const kept = store.find('event', event.id);
        if (kept === undefined || !isDelivered) return;
        store.put({ ...kept, pending_webhooks: Number(kept['pending_webhooks']) - 1 });
      },
    });
  }

  return {
    deliveries,
    send(events) {
      for (const event of events) {
        const wanting = store.all('webhook_endpoint').filter((one) => wants(one, event));
        const pending: WireObject = { ...event, pending_webhooks: wanting.length };
        store.put(pending);
        for (const endpoint of wanting) deliver(pending, endpoint);
      }
    },
    forgetOld() {
      const all = store.all('event');
      const since = Math.floor(now() / 1000) - KEPT_S;
      for (const event of all.slice(MOST_EVENTS)) store.remove(event);
      for (let index = all.length - 1; index >= 0; index -= 1) {
        const event = all[index];
        if (event === undefined || event.created >= since) return;
        store.remove(event);
      }
    },
    deliverTo(url) {
      const own = store.find('webhook_endpoint', OWN_ENDPOINT);
      if (own !== undefined) store.remove(own);
      if (url !== undefined) add('sandbox', { url });
    },
    addEndpoint: (endpoint) => add(`page/${String((added += 1))}`, endpoint),
    rollSecret(endpointId) {
      const [latest = ''] = secretsOf(endpointId);
      const next = toSigningSecret(`rolled/${latest}`);
      secrets.set(endpointId, [next, latest]);
      return next;
    },
  };
}

function wants(endpoint: WireObject, event: WireObject): boolean {
  if (endpoint['status'] !== 'enabled') return false;
  const type = textAt(event, 'type');
  const name = endpoint['event_payload'] === 'thin' ? `v1.${type}` : type;
  const enabled = endpoint['enabled_events'] as readonly string[]; // Texts always.
  return enabled.some((one) => one === '*' || one === name);
}

/** https://docs.stripe.com/webhooks#verify-manually. `v0` is of no use: test events have it, and a receiver must ignore it. */
function headersOf(body: string, secrets: readonly string[], time: number) {
  const signatures = secrets.map((secret) => {
    const hash = createHmac('sha256', secret)
      .update(`${String(time)}.${body}`)
      .digest('hex');
    return `v1=${hash}`;
  });
  return {
    accept: '*/*; q=0.5, application/xml',
    'cache-control': 'no-cache',
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': [
      `t=${String(time)}`,
      ...signatures,
      `v0=${randomBytes(32).toString('hex')}`,
    ].join(','),
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
}

/** https://docs.stripe.com/api/v2/core/events/object, as it is sent: without `data` and `changes`. */
function toThin(event: WireObject): JsonObject {
  const { object } = event['data'] as { readonly object: WireObject }; // An event has one.
  const { path } = RESOURCES.find(({ kind }) => kind === object.object) ?? { path: '' };
  const { id: requestId } = event['request'] as JsonObject; // An object always.
  return {
    id: `evt_test_${token(`thin/${event.id}`, 28)}`,
    object: 'v2.core.event',
    context: null,
    created: new Date(event.created * 1000).toISOString(),
    livemode: false,
    reason: requestId === null ? null : { request: event['request'] ?? null, type: 'request' },
    related_object: { id: object.id, type: object.object, url: `${path}/${object.id}` },
    snapshot_event: event.id,
    type: `v1.${textAt(event, 'type')}`,
  };
}
