import { describe, expect, it } from '@jest/globals';
import { readEvents } from '../../../../../../subgraphs/crm/providers/hubspot/webhooks/hubspot-events.ts';

const OPTIONS = { portalId: '62515', referenceProperty: 'stripe_customer' };

const EVENT = {
  eventId: 3_816_279_340,
  subscriptionId: 25,
  portalId: 62_515,
  appId: 1_160_452,
  occurredAt: 1_462_216_307_945,
  attemptNumber: 0,
  changeSource: 'CRM',
  objectId: 123,
};

const read = (...events: readonly object[]) =>
  readEvents(
    events.map((event) => ({ ...EVENT, ...event })),
    OPTIONS,
  );

function changesOf(event: object) {
  const result = read(event);
  if (result.kind !== 'events') throw new Error(`The delivery is ${result.kind}.`);
  return result.events.flatMap(({ changes }) =>
    changes.map(({ type, id, kind, related, changed, isErasure }) => ({
      record: `${type} ${id} ${kind}`,
      ...(related.length > 0 && { related: related.map((one) => `${one.type} ${one.id}`) }),
      ...(changed.length > 0 && { changed }),
      ...(isErasure === true && { isErasure }),
    })),
  );
}

const ALL_OF_A_CUSTOMER = ['email', 'company', 'lifecycleStage', 'billingLink', 'associations'];

describe("HubSpot's events", () => {
  it('become changes by the time at which they happened, without any value', () => {
    const result = read({
      subscriptionType: 'contact.propertyChange',
      propertyName: 'email',
      propertyValue: 'maria@example.com',
    });
    expect(result).toEqual({
      kind: 'events',
      ignored: {},
      unreadable: 0,
      events: [
        {
          key: expect.stringMatching(/^hubspot:[\w-]{43}$/),
          changes: [
            {
              vendor: 'hubspot',
              type: 'Customer',
              id: '123',
              kind: 'UPDATED',
              related: [],
              changed: ['email'],
              at: 1_462_216_307_945,
              source: 'webhook',
              searchLagMs: 10_000,
            },
          ],
        },
      ],
    });
    expect(JSON.stringify(result)).not.toContain('maria');
  });

  it.each([
    [{ subscriptionType: 'contact.creation' }, [{ record: 'Customer 123 CREATED' }]],
    [{ subscriptionType: 'company.creation' }, [{ record: 'Company 123 CREATED' }]],
    [{ subscriptionType: 'deal.deletion' }, [{ record: 'Deal 123 DELETED' }]],
    [{ subscriptionType: 'contact.restore' }, [{ record: 'Customer 123 CREATED' }]],
    [
      { subscriptionType: 'contact.privacyDeletion' },
      [{ record: 'Customer 123 DELETED', isErasure: true }],
    ],
    [
      { subscriptionType: 'contact.propertyChange', propertyName: 'stripe_customer' },
      [{ record: 'Customer 123 UPDATED', changed: ['billingLink'] }],
    ],
    [
      { subscriptionType: 'contact.propertyChange', propertyName: 'jobtitle' },
      [{ record: 'Customer 123 UPDATED' }],
    ],
    [
      { subscriptionType: 'deal.propertyChange', propertyName: 'dealstage' },
      [{ record: 'Deal 123 UPDATED', changed: ['stage'] }],
    ],
    [
      { subscriptionType: 'object.propertyChange', objectTypeId: '0-3', propertyName: 'amount' },
      [{ record: 'Deal 123 UPDATED' }],
    ],
    [
      {
        subscriptionType: 'contact.merge',
        primaryObjectId: 1,
        mergedObjectIds: [2, 3],
        newObjectId: 4,
        objectId: 1,
        numberOfPropertiesMoved: 5,
      },
      [
        { record: 'Customer 4 UPDATED', changed: ALL_OF_A_CUSTOMER },
        { record: 'Customer 2 MERGED', changed: ALL_OF_A_CUSTOMER },
        { record: 'Customer 3 MERGED', changed: ALL_OF_A_CUSTOMER },
        { record: 'Customer 1 MERGED', changed: ALL_OF_A_CUSTOMER },
      ],
    ],
    [
      {
        subscriptionType: 'company.merge',
        primaryObjectId: 1,
        mergedObjectIds: [2],
        objectId: undefined,
      },
      [
        { record: 'Company 1 UPDATED', changed: ['domain', 'industry', 'associations'] },
        { record: 'Company 2 MERGED', changed: ['domain', 'industry', 'associations'] },
      ],
    ],
    [
      {
        subscriptionType: 'contact.associationChange',
        objectId: undefined,
        associationType: 'CONTACT_TO_COMPANY',
        fromObjectId: 7,
        toObjectId: 8,
        associationRemoved: true,
      },
      [
        { record: 'Customer 7 UPDATED', related: ['Company 8'], changed: ['associations'] },
        { record: 'Company 8 UPDATED', related: ['Customer 7'], changed: ['associations'] },
      ],
    ],
    [
      {
        subscriptionType: 'object.associationChange',
        objectId: undefined,
        fromObjectTypeId: '0-3',
        toObjectTypeId: '2-999',
        fromObjectId: 7,
        toObjectId: 8,
      },
      [{ record: 'Deal 7 UPDATED', changed: ['associations'] }],
    ],
  ])('name the records that they touch: %j', (event, changes) => {
    expect(changesOf(event)).toEqual(changes);
  });

  it.each([
    { subscriptionType: 'ticket.creation' },
    { subscriptionType: 'object.creation', objectTypeId: '2-123' },
    { subscriptionType: 'contact.somethingNew' },
    { subscriptionType: 'constructor.creation' },
    { subscriptionType: 'contact.constructor' },
    { subscriptionType: 'contact' },
    { subscriptionType: 'contact.associationChange', objectId: 1 },
  ])('that this graph has no use for are ignored and counted: %j', (event) => {
    expect(read(event, { subscriptionType: 'deal.creation' })).toMatchObject({
      kind: 'events',
      events: [{ changes: [{ type: 'Deal' }] }],
      ignored: { type: 1 },
    });
  });

  it('of another account are ignored', () => {
    expect(read({ subscriptionType: 'contact.creation', portalId: 1 })).toEqual({
      kind: 'events',
      events: [],
      ignored: { account: 1 },
      unreadable: 0,
    });
  });

  it('have the same key at each attempt, and another one for another property or time', () => {
    const keyOf = (event: object) => {
      const result = read({ subscriptionType: 'contact.propertyChange', ...event });
      return result.kind === 'events' ? result.events[0]?.key : undefined;
    };
    const first = keyOf({ propertyName: 'email' });
    expect(keyOf({ propertyName: 'email', attemptNumber: 3 })).toBe(first);
    const others = [{ propertyName: 'city' }, { propertyName: 'email', occurredAt: 1 }];
    expect(new Set([first, ...others.map(keyOf)]).size).toBe(3);
  });

  it.each([{}, 'text', null, 1])('cannot be read if the delivery is no list: %j', (body) => {
    expect(readEvents(body, OPTIONS)).toEqual({ kind: 'unreadable' });
  });

  it.each([
    1,
    null,
    [],
    {},
    { ...EVENT },
    { ...EVENT, subscriptionType: 'contact.creation', portalId: undefined },
    { ...EVENT, subscriptionType: 'contact.creation', portalId: 'a b' },
    { ...EVENT, subscriptionType: 'contact.creation', occurredAt: 'x' },
    { ...EVENT, subscriptionType: 'contact.creation', objectId: { id: 1 } },
    { ...EVENT, subscriptionType: 7 },
  ])('of an unknown form are counted, and the others are read: %j', (unknown) => {
    const known = { ...EVENT, subscriptionType: 'deal.creation' };
    expect(readEvents([unknown, known, unknown], OPTIONS)).toMatchObject({
      kind: 'events',
      events: [{ changes: [{ type: 'Deal', id: '123', kind: 'CREATED' }] }],
      ignored: {},
      unreadable: 2,
    });
  });

  it('are read where a member is null that the event has no use for', () => {
    const nothing = { propertyName: null, mergedObjectIds: null, fromObjectId: null };
    expect(read({ subscriptionType: 'contact.creation', ...nothing })).toMatchObject({
      events: [{ changes: [{ type: 'Customer', id: '123', kind: 'CREATED' }] }],
      unreadable: 0,
    });
  });

  it('are all read, however many a delivery has', () => {
    const events = Array.from({ length: 3000 }, (_, objectId) => ({
      subscriptionType: 'contact.creation',
      objectId,
    }));
    const result = read(...events);
    expect(result.kind === 'events' && result.events.length).toBe(3000);
  });
});
