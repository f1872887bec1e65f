import type { NewEvent } from '../../../../../events/change.ts';
import type {
  VendorEvents,
  VendorWebhooks,
  WebhookDelivery,
  WebhookResult,
} from '../../../../../events/catch-up/vendor-events.ts';
import { readJsonBytes } from '../../../../../events/webhooks/json-bytes.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { isLive, type StripeConfig } from '../stripe-config.ts';
import { readEventsSince } from './stripe-catch-up.ts';
import { completeEvent, type EventSource } from './stripe-completion.ts';
import { readEvent } from './stripe-events.ts';
import { setUpEndpoint } from './stripe-webhook-setup.ts';
import { signTestEvent } from './stripe-test-event.ts';
import { findStripeSignatureProblem } from './stripe-signature.ts';

/** Stripe's webhooks and catch-up. */
export const createStripeEvents = (config: StripeConfig, client: UpstreamClient): VendorEvents => ({
  vendor: 'stripe',
  webhooks: createStripeWebhooks(config, client),
  catchUp: (since, scope) =>
    readEventsSince(since, {
      client,
      isLive: isLive(config.secretKey.text),
      source: 'catch-up',
      // Requests of clients have priority.
      scope: { ...scope, isBackground: true },
    }),
  setUp: (url, scope) => setUpEndpoint(url, client, scope),
  setUpPermission: 'Webhook Endpoints: Write',
  sign: signTestEvent,
});

/** Undefined if no secret is set. */
const createStripeWebhooks = (
  { secretKey, webhookSecrets: secrets }: Pick<StripeConfig, 'secretKey' | 'webhookSecrets'>,
  client: UpstreamClient,
): VendorEvents['webhooks'] =>
  secrets && {
    secrets,
    receive: (delivery) =>
      receive(delivery, secrets, { client, source: 'webhook', isLive: isLive(secretKey.text) }),
  };

function receive(
  { headers, body, now }: WebhookDelivery,
  secrets: VendorWebhooks['secrets'],
  source: Omit<EventSource, 'scope'>,
): WebhookResult {
  const header = headers['stripe-signature'];
  const reason = findStripeSignatureProblem({ header, body, secrets, now });
  if (reason !== undefined) return { kind: 'refused', reason };
  const read = readEvent(readJsonBytes(body), source);
  switch (read.kind) {
    case 'event':
      return {
        kind: 'events',
        events: withChanges(read.event),
        ignored: {},
        ...(read.missing !== undefined && {
          complete: async (scope) =>
            withChanges(
              // Requests of clients have priority.
              await completeEvent(read, { ...source, scope: { ...scope, isBackground: true } }),
            ),
        }),
      };
    case 'ignored':
      return { kind: 'events', events: [], ignored: { [read.reason]: 1 } };
    case 'unreadable':
      return read;
  }
}

const withChanges = (event: NewEvent): readonly NewEvent[] =>
  event.changes.length === 0 ? [] : [event];
