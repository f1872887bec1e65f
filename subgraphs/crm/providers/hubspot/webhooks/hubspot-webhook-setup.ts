import type { WebhookSetup } from '../../../../../events/catch-up/vendor-events.ts';
import { NAMED_PROPERTIES } from './hubspot-changes.ts';

/**
 * Describes the manual setup: HubSpot has no API for it that a service key may call.
 * @param referenceProperty is the property of contacts with the processor's customer id
 */
export function describeWebhookSetup(url: string, referenceProperty: string | null): WebhookSetup {
  const properties = (object: keyof typeof NAMED_PROPERTIES) => [
    ...NAMED_PROPERTIES[object],
    ...(object === 'contact' && referenceProperty !== null ? [referenceProperty] : []),
  ];
  const crmObjects = (['contact', 'company', 'deal'] as const).flatMap((objectType) => [
    ...VERBS.map((verb) => ({ subscriptionType: `object.${verb}`, objectType, active: true })),
    ...properties(objectType).map((propertyName) => ({
      subscriptionType: 'object.propertyChange',
      objectType,
      propertyName,
      active: true,
    })),
  ]);
  const hubEvents = [{ subscriptionType: 'contact.privacyDeletion', active: true }];
  // https://developers.hubspot.com/docs/apps/developer-platform/add-features/configure-webhooks
  const configuration = {
    uid: 'webhooks',
    type: 'webhooks',
    config: {
      settings: { targetUrl: url, maxConcurrentRequests: 10 },
      subscriptions: { crmObjects, hubEvents },
    },
  };
  return {
    secretName: 'HUBSPOT_CLIENT_SECRETS',
    lines: [
      'HubSpot sends webhooks to an app of its developer platform: a service key cannot receive them.',
      'Give an app that is installed in your account this webhooks configuration (webhooks/webhook-hsmeta.json), and add a propertyChange for each other property that your graph shows:',
      JSON.stringify(configuration, undefined, 2),
      'Set HUBSPOT_CLIENT_SECRETS to the client secret of the app, and PUBLIC_URL to the URL up to /webhooks, and restart the process.',
      'Without such an app, set EVENTS_POLL_SECONDS: changes are then read that often.',
    ],
  };
}

const VERBS = ['creation', 'deletion', 'merge', 'restore', 'associationChange'];
