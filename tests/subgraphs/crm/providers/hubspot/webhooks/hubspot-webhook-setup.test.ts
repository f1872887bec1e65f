import { describe, expect, it } from '@jest/globals';
import { readEvents } from '../../../../../../subgraphs/crm/providers/hubspot/webhooks/hubspot-events.ts';
import { findHubspotSignatureProblem } from '../../../../../../subgraphs/crm/providers/hubspot/webhooks/hubspot-signature.ts';
import { signTestEvent } from '../../../../../../subgraphs/crm/providers/hubspot/webhooks/hubspot-test-event.ts';
import { describeWebhookSetup } from '../../../../../../subgraphs/crm/providers/hubspot/webhooks/hubspot-webhook-setup.ts';

const URL_HERE = 'https://api.example.com/webhooks/hubspot';

interface Configuration {
  readonly config: {
    readonly settings: { readonly targetUrl: string };
    readonly subscriptions: {
      readonly crmObjects: readonly {
        readonly subscriptionType: string;
        readonly objectType: string;
        readonly propertyName?: string;
      }[];
      readonly hubEvents: readonly { readonly subscriptionType: string }[];
    };
  };
}

describe("the configuration of an app of HubSpot's developer platform", () => {
  const { lines } = describeWebhookSetup(URL_HERE, 'stripe_customer');
  // A cast: one of the lines is the configuration.
  const { config } = JSON.parse(lines.find((line) => line.startsWith('{')) ?? '') as Configuration;

  it('has the target URL, and a subscription for each event that this graph reads', () => {
    expect(config.settings.targetUrl).toBe(URL_HERE);
    const { crmObjects, hubEvents } = config.subscriptions;
    expect(
      crmObjects
        .filter(({ objectType }) => objectType === 'deal')
        .map(({ subscriptionType, propertyName = '' }) => `${subscriptionType} ${propertyName}`),
    ).toEqual([
      'object.creation ',
      'object.deletion ',
      'object.merge ',
      'object.restore ',
      'object.associationChange ',
      'object.propertyChange pipeline',
      'object.propertyChange dealstage',
      'object.propertyChange hubspot_owner_id',
    ]);
    expect(hubEvents.map(({ subscriptionType }) => subscriptionType)).toEqual([
      'contact.privacyDeletion',
    ]);
  });

  it('has the property that links customers to billing accounts', () => {
    expect(config.subscriptions.crmObjects).toContainEqual({
      subscriptionType: 'object.propertyChange',
      objectType: 'contact',
      propertyName: 'stripe_customer',
      active: true,
    });
  });

  it('says that a service key cannot receive webhooks', () => {
    expect(lines.join('\n')).toMatch(/a service key cannot receive them/);
  });
});

describe('a test event of HubSpot', () => {
  const event = { id: '123', url: URL_HERE, secret: 'of-this-test', now: 1_700_000_000_000 };

  it.each(['contact.creation', 'deal.propertyChange', 'company.merge'])(
    'of the type %s is signed, and is read as one of its record',
    (type) => {
      const { body = '', headers = {} } = signTestEvent({ ...event, type }, '62515') ?? {};
      const delivery = { method: 'POST', url: URL_HERE, headers, body: Buffer.from(body) };

      expect(
        findHubspotSignatureProblem({ ...delivery, now: event.now }, [event.secret]),
      ).toBeUndefined();
      expect(
        readEvents(JSON.parse(body), { portalId: '62515', referenceProperty: null }),
      ).toMatchObject({ kind: 'events', events: [{ changes: [{ id: '123' }] }], ignored: {} });
    },
  );

  it.each(['ticket.creation', 'invoice.paid', 'contact'])('of the type %s is none', (type) => {
    expect(signTestEvent({ ...event, type })).toBeUndefined();
  });
});
