import type { GeocodeResponseData } from '@googlemaps/google-maps-services-js/dist/geocode/geocode.js';
import { expect, it } from '@jest/globals';
import { createGoogleSandboxVendor } from '../../sandbox/google/google-sandbox-vendor.ts';
import { buildWorld } from '../../sandbox/world/world.ts';
import { shapeDifferences } from './json-shape.ts';
import { describeRecorded, readRecorded } from './recorded.ts';

const world = buildWorld();
const sandboxVendor = createGoogleSandboxVendor(world);

function geocode(query: Readonly<Record<string, string>>): GeocodeResponseData {
  const parameters = new URLSearchParams({ ...query, key: 'AIzaSandbox' });
  const { body } = sandboxVendor.answer({
    method: 'GET',
    path: '/maps/api/geocode/json',
    query: parameters,
    headers: {},
    body: '',
  });
  return body as GeocodeResponseData;
}

const GEOCODINGS = [
  'SimpleGeocodeResponse',
  'PlaceGeocodeResponse',
  'GeocodeLibraryType',
  'ReverseGeocodeResponse',
  'ReverseGeocodeWithKitaWardResponse',
  'SimpleReverseGeocodeResponse',
  'UtfResultGeocodeResponse',
];

describeRecorded('the response shapes of the Google sandbox vendor match the recordings', () => {
  // Read by the tests alone: the body of a skipped group runs too.
  const recorded = () => GEOCODINGS.map((name) => readRecorded(`google/${name}.json`));
  const meant = { 'results[].partial_match': 'documented, but no inexact match was recorded' };

  it.each([
    ['addresses', world.addresses.map(({ line1, city }) => ({ address: `${line1}, ${city}` }))],
    ['cities', world.addresses.map(({ city }) => ({ address: city }))],
    [
      'points',
      world.addresses.map(({ latitude, longitude }) => ({
        latlng: `${String(latitude)},${String(longitude)}`,
      })),
    ],
    [
      'place ids',
      world.addresses.map(({ city }) => ({
        place_id: geocode({ address: city }).results[0]?.place_id ?? '',
      })),
    ],
  ])('for %s', (_name, queries) => {
    const answered = queries.map(geocode);
    expect(answered.map(({ status }) => status)).toEqual(queries.map(() => 'OK'));
    expect(shapeDifferences(answered, recorded(), { meant })).toEqual([]);
  });

  it('for exceeded limits', () => {
    const limited = createGoogleSandboxVendor(world, () => 0);
    limited.limits = true;
    const request = {
      method: 'GET',
      path: '/maps/api/geocode/json',
      query: new URLSearchParams({ key: 'k' }),
      headers: {},
      body: '',
    };
    for (let calls = 0; calls < 3000; calls++) limited.answer(request);
    expect(limited.answer(request)).toMatchObject({
      status: 200,
      body: readRecorded('google/OverQueryLimitResponse.json') as object,
    });
  });
});
