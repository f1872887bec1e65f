import type {
  VendorEvents,
  VendorWebhooks,
  WebhookDelivery,
  WebhookResult,
} from '../../../../../events/vendor-events.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { isLive, type StripeConfig } from '../stripe-config.ts';
import { readEventsSince } from './stripe-catch-up.ts';
import { setUpEndpoint } from './stripe-webhook-setup.ts';
import { signTestEvent } from './stripe-test-event.ts';
import { type ReadOptions, readEvent } from './stripe-events.ts';
import { findSignatureProblem } from './stripe-signature.ts';

/** How Stripe tells of changes. */
export const createStripeEvents = (config: StripeConfig, client: UpstreamClient): VendorEvents => ({
  vendor: 'stripe',
  webhooks: createStripeWebhooks(config),
  catchUp: (since, scope) =>
    readEventsSince(since, {
      client,
      isLive: isLive(config.secretKey.text),
      // Requests of clients come first.
      scope: { ...scope, isBackground: true },
    }),
  setUp: (url, scope) => setUpEndpoint(url, client, scope),
  sign: signTestEvent,
});

/** Undefined where no secret is set. */
export const createStripeWebhooks = ({
  secretKey,
  webhookSecrets: secrets,
}: Pick<StripeConfig, 'secretKey' | 'webhookSecrets'>): VendorEvents['webhooks'] =>
  secrets && {
    secrets,
    receive: (delivery) =>
      receive(delivery, secrets, { source: 'webhook', isLive: isLive(secretKey.text) }),
  };

function receive(
  { headers, body, now }: WebhookDelivery,
  secrets: VendorWebhooks['secrets'],
  options: ReadOptions,
): WebhookResult {
  const header = headers['stripe-signature'];
  const reason = findSignatureProblem({ header, body, secrets, now });
  if (reason !== undefined) return { kind: 'refused', reason };
  const read = readEvent(parseJson(body), options);
  switch (read.kind) {
    case 'event':
      return { kind: 'events', events: [read.event], ignored: {} };
    case 'ignored':
      return { kind: 'events', events: [], ignored: { [read.reason]: 1 } };
    case 'unreadable':
      return read;
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
