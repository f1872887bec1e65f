import { describe, expect, it } from '@jest/globals';
import { openHubSpot } from './hubspot-requests.ts';

describe('the search of the HubSpot sandbox vendor', () => {
  it('finds a write after some seconds, while reads return it immediately', () => {
    let now = Date.parse('2026-11-28T10:00:00.000Z');
    const hubspot = openHubSpot(() => now, 5000);
    const email = 'lag@example.org';
    const { id } = hubspot.record(hubspot.create('contacts', { email }));
    expect(hubspot.search('contacts', 'email', email)).toEqual([]);
    expect(hubspot.ask('GET', `/crm/v3/objects/contacts/${id}`).status).toBe(200);
    now += 5000;
    expect(hubspot.search('contacts', 'email', email)).toEqual([id]);
    hubspot.ask('DELETE', `/crm/v3/objects/contacts/${id}`);
    expect(hubspot.search('contacts', 'email', email)).toEqual([id]);
    now += 5000;
    expect(hubspot.search('contacts', 'email', email)).toEqual([]);
  });

  it('finds by the time of the change, which the clock gives', () => {
    const now = Date.parse('2026-11-28T10:00:00.000Z');
    const hubspot = openHubSpot(() => now);
    const { id, updatedAt } = hubspot.record(hubspot.create('deals', { dealname: 'Roof' }));
    expect(updatedAt).toBe('2026-11-28T10:00:00.000Z');
    const filterGroups = [
      { filters: [{ propertyName: 'hs_lastmodifieddate', operator: 'GTE', value: String(now) }] },
    ];
    expect(
      hubspot.ask('POST', '/crm/v3/objects/deals/search', { filterGroups }).body,
    ).toMatchObject({ total: 1, results: [{ id }] });
  });
});
