import { AddressType, Client, Language } from '@googlemaps/google-maps-services-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { buildWorld } from '../../sandbox/world/world.ts';

const [address] = buildWorld().addresses;
const client = new Client();
const key = 'AIzaSandbox';
let sandbox: Sandbox<'google'>;
beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['google'] });
});
afterAll(() => sandbox.close());

const url = (path: string) => `${sandbox.google.baseUrl}/maps/api/${path}/json`;

// The client knows neither Routes nor Places (New).
describe("Google's own client on the sandbox vendor", () => {
  it('geocodes', async () => {
    const { data } = await client.geocode({
      url: url('geocode'),
      params: { key, address: '5 Avenue Anatole France, Paris' },
    });
    expect(data.results[0]?.geometry.location).toEqual({
      lat: address?.latitude,
      lng: address?.longitude,
    });
  });

  it('geocodes backwards', async () => {
    const { data } = await client.reverseGeocode({
      url: url('geocode'),
      params: { key, latlng: { lat: 48.8584, lng: 2.2945 } },
    });
    expect(data.results[0]?.formatted_address).toBe('5 Avenue Anatole France, 75007 Paris, France');
  });

  it('geocodes within components, in a language', async () => {
    const search = (country: string) =>
      client.geocode({
        url: url('geocode'),
        params: {
          key,
          address: '12 Rue de la Paix, Paris',
          components: { country },
          language: Language.de,
        },
      });
    expect((await search('FR')).data.results[0]?.formatted_address).toBe(
      '12 Rue de la Paix, Paris, Frankreich',
    );
    expect((await search('DE')).data).toEqual({ results: [], status: 'ZERO_RESULTS' });
  });

  it('geocodes a place id, and points by type', async () => {
    const { data } = await client.reverseGeocode({
      url: url('geocode'),
      params: {
        key,
        latlng: { lat: 48.8584, lng: 2.2945 },
        result_type: [AddressType.locality],
      },
    });
    const [city] = data.results;
    expect(city?.types).toContain('locality');
    const { data: again } = await client.geocode({
      url: url('geocode'),
      params: { key, place_id: city?.place_id ?? '' },
    });
    expect(again.results[0]).toEqual(city);
  });

  it('reads place details', async () => {
    const { data } = await client.geocode({
      url: url('geocode'),
      params: { key, address: 'Paris' },
    });
    const place_id = data.results[0]?.place_id ?? '';
    const details = await client.placeDetails({
      url: url('place/details'),
      params: { key, place_id, fields: ['name', 'formatted_address', 'geometry'] },
    });
    expect(details.data).toMatchObject({
      status: 'OK',
      result: { name: 'Paris', formatted_address: 'Paris, France' },
    });
  });

  it('finds time zones', async () => {
    const { data } = await client.timezone({
      url: url('timezone'),
      params: { key, location: [48.8584, 2.2945], timestamp: 1_767_225_600 },
    });
    expect(data).toEqual({
      dstOffset: 0,
      rawOffset: 3600,
      status: 'OK',
      timeZoneId: 'Europe/Paris',
      timeZoneName: 'Central European Standard Time',
    });
  });
});
