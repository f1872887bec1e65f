import type {
  VendorEvents,
  WebhookDelivery,
  WebhookResult,
} from '../../../../../events/catch-up/vendor-events.ts';
import { readJsonBytes } from '../../../../../events/webhooks/json-bytes.ts';
import type { CrmSettings } from '../../../provider.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import type { HubspotConfig } from '../hubspot-config.ts';
import { findChangesSince } from './hubspot-catch-up.ts';
import { readEvents, type ReadEventsOptions } from './hubspot-events.ts';
import { findHubspotSignatureProblem } from './hubspot-signature.ts';
import { signTestEvent } from './hubspot-test-event.ts';
import { describeWebhookSetup } from './hubspot-webhook-setup.ts';

/** HubSpot's webhooks and catch-up. */
export function createHubspotEvents(
  { clientSecrets, portalId }: HubspotConfig,
  { referenceProperty }: CrmSettings,
  client: HubspotClient,
): VendorEvents {
  const options = { portalId, referenceProperty };
  return {
    vendor: 'hubspot',
    webhooks: clientSecrets && {
      secrets: clientSecrets,
      receive: (delivery) => receive(delivery, clientSecrets, options),
    },
    sameChangeMs: SAME_CHANGE_MS,
    catchUp: (since, scope) => findChangesSince(since, client, scope),
    setUp: (url) => Promise.resolve(describeWebhookSetup(url, referenceProperty)),
    sign: (event) => signTestEvent(event, portalId),
  };
}

/** HubSpot sets a property's timestamp before the record's. */
const SAME_CHANGE_MS = 2000;

function receive(
  delivery: WebhookDelivery,
  secrets: readonly string[],
  options: ReadEventsOptions,
): WebhookResult {
  const reason = findHubspotSignatureProblem(delivery, secrets);
  return reason === undefined
    ? readEvents(readJsonBytes(delivery.body), options)
    : { kind: 'refused', reason };
}
