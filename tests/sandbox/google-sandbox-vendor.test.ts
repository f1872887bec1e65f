import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createGoogleSandboxVendor } from '../../sandbox/google/google-sandbox-vendor.ts';
import { buildWorld } from '../../sandbox/world/world.ts';

const world = buildWorld();
const sandboxVendor = createGoogleSandboxVendor(world);

// The tests say what they expect to be in an answer.
/* eslint-disable @typescript-eslint/no-explicit-any */

function get(path: string, query: Readonly<Record<string, string>>, key = 'AIzaSandbox') {
  const { status, headers, body } = sandboxVendor.answer({
    method: 'GET',
    path,
    query: new URLSearchParams({ ...query, key }),
    headers: {},
    body: '',
  });
  return { status, headers, body: body as any };
}

function post(path: string, mask: string, body: object, key = 'AIzaSandbox') {
  const headers = { 'x-goog-api-key': key, 'x-goog-fieldmask': mask };
  const answer = sandboxVendor.answer({
    method: 'POST',
    path,
    query: new URLSearchParams(),
    headers,
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: answer.body as any };
}

const geocode = (query: Readonly<Record<string, string>>) =>
  get('/maps/api/geocode/json', query).body;
const route = (body: object, mask = '*') => post('/directions/v2:computeRoutes', mask, body);
const matrix = (body: object, mask = '*') =>
  post('/distanceMatrix/v2:computeRouteMatrix', mask, body);
const places = (body: object, mask = '*') => post('/v1/places:searchText', mask, body);
const at = (address: string) => ({ waypoint: { address } });

const [MUNICH, BERLIN, NEW_YORK] = [
  'Marienplatz 8, 80331 München, Germany',
  'Pariser Platz 1, 10117 Berlin',
  '350 5th Avenue, New York, NY 10118',
];

describe('geocoding', () => {
  it('finds every address of the world at its location', () => {
    for (const {
      line1,
      line2,
      city,
      region,
      postalCode,
      country,
      latitude,
      longitude,
    } of world.addresses) {
      const address = [line1, line2, city, region, postalCode, country]
        .filter((part) => part !== null)
        .join(', ');
      expect(geocode({ address })).toMatchObject({
        status: 'OK',
        results: [{ geometry: { location: { lat: latitude, lng: longitude } } }],
      });
    }
  });

  it.each([
    '5 avenue anatole france paris',
    '5, Avenue Anatole France; 75007',
    '5 Av. Anatole France, PARIS',
    '5 Avenue Anatole-France, Paris, France',
  ])('accepts any spelling of an address: %s', (address) => {
    expect(geocode({ address }).results[0].formatted_address).toBe(
      '5 Avenue Anatole France, 75007 Paris, France',
    );
  });

  it('separates the house number from the street, in any position', () => {
    const street = (address: string) =>
      geocode({ address })
        .results[0].address_components.slice(0, 2)
        .map(({ long_name }: { long_name: string }) => long_name);
    expect([NEW_YORK, MUNICH, 'Great Russell Street, London'].map(street)).toEqual([
      ['350', '5th Avenue'],
      ['8', 'Marienplatz'],
      ['Great Russell Street', 'London'],
    ]);
  });

  it('falls back to the city, also by its English name, and marks the match as partial', () => {
    const [result] = geocode({ address: '99999 Munich, Germany' }).results;
    expect(result).toMatchObject({
      formatted_address: 'München, Germany',
      partial_match: true,
      geometry: { location_type: 'APPROXIMATE' },
    });
    expect(geocode({ address: 'Munich, Germany' }).results[0]).not.toHaveProperty('partial_match');
  });

  it('finds a building of another country than the text names, and marks the match as partial', () => {
    expect(geocode({ address: 'Marienplatz 8, München, France' }).results[0]).toMatchObject({
      formatted_address: 'Marienplatz 8, 80331 München, Germany',
      partial_match: true,
      geometry: { location_type: 'ROOFTOP' },
    });
  });

  it.each([
    ['Nowhere Lane 5, Munich, Germany', 'RANGE_INTERPOLATED', ['5', 'Nowhere Lane']],
    ['12 Rue de la Paix Paris', 'RANGE_INTERPOLATED', ['12', 'Rue de la Paix']],
    ['Rue du Bac, 75007 Paris', 'GEOMETRIC_CENTER', ['Rue du Bac', 'Paris']],
    ['New Street 7, New York, NY', 'RANGE_INTERPOLATED', ['7', 'New Street']],
  ])('finds any street of a known city, always at one point: %s', (address, type, names) => {
    const [result] = geocode({ address }).results;
    expect(result).toMatchObject({ geometry: { location_type: type } });
    expect(result).not.toHaveProperty('partial_match');
    expect(
      result.address_components
        .slice(0, 2)
        .map(({ long_name }: { long_name: string }) => long_name),
    ).toEqual(names);
    expect(geocode({ address: address.toLowerCase() }).results[0].geometry.location).toEqual(
      result.geometry.location,
    );
    expect(geocode({ place_id: result.place_id }).results[0]).toEqual(result);
    expect(
      route({ origin: { address }, destination: { placeId: result.place_id } }).body.routes,
    ).toHaveLength(1);
  });

  it('names the sandbox as the reason for an unknown city', () => {
    const { body, headers } = get('/maps/api/geocode/json', { address: '5 High Street, Atlantis' });
    expect(body).toEqual({ results: [], status: 'ZERO_RESULTS' });
    expect(headers).toMatchObject({
      'x-sandbox-note': expect.stringMatching(/^The sandbox knows the cities of its own data only/),
    });
  });

  it.each([
    [{ address: 'Marienplatz 8, München', components: 'country:DE' }, 1],
    [{ address: 'Marienplatz 8, München', components: 'country:Germany|postal_code:80331' }, 1],
    [{ address: 'Marienplatz 8, München', components: 'country:FR' }, 0],
    [{ address: 'Marienplatz 8, München', components: 'postal_code:1' }, 0],
    [{ components: 'route:Marienplatz 8|locality:München' }, 1],
    [{ components: 'locality:Paris|country:DE' }, 0],
  ] as Readonly<[Record<string, string>, number]>[])(
    'is restricted to a country and a postal code: %j has %i results',
    (query, count) => {
      expect(geocode(query).results).toHaveLength(count);
    },
  );

  it('refuses unknown components', () => {
    expect(
      get('/maps/api/geocode/json', { address: 'Paris', components: 'planet:earth' }),
    ).toMatchObject({ status: 400, body: { status: 'INVALID_REQUEST' } });
  });

  it('filters results at a point by type and precision', () => {
    const latlng = '48.1375,11.5757';
    const typesOf = (query: Record<string, string>) =>
      geocode({ latlng, ...query }).results.map(({ types }: { types: string[] }) => types[0]);
    expect(typesOf({})).toEqual(['street_address', 'locality']);
    expect(typesOf({ result_type: 'locality|route' })).toEqual(['locality']);
    expect(typesOf({ location_type: 'ROOFTOP' })).toEqual(['street_address']);
    expect(geocode({ latlng, result_type: 'airport' })).toEqual({
      results: [],
      status: 'ZERO_RESULTS',
    });
  });

  it.each([
    ['de', 'Marienplatz 8, 80331 München, Deutschland'],
    ['en', 'Marienplatz 8, 80331 Munich, Germany'],
    ['xx-nonsense-language', 'Marienplatz 8, 80331 München, Germany'],
  ])('names city and country in the language %s', (language, formatted) => {
    expect(geocode({ address: MUNICH, language }).results[0].formatted_address).toBe(formatted);
  });

  it('finds nothing at an empty location', () => {
    expect(geocode({ address: 'zzz' })).toEqual({ results: [], status: 'ZERO_RESULTS' });
    expect(geocode({ latlng: '-40,-120' })).toEqual({ results: [], status: 'ZERO_RESULTS' });
  });

  it('finds the same place by its place id, also by one of a text search', () => {
    const [found] = places({ textQuery: 'coffee in Lisbon' }).body.places;
    expect(geocode({ place_id: found.id }).results[0]).toMatchObject({
      place_id: found.id,
      geometry: { location: { lat: found.location.latitude, lng: found.location.longitude } },
    });
  });

  it.each([[{}], [{ latlng: 'north' }], [{ latlng: '91,0' }], [{ place_id: 'nonsense' }]])(
    'refuses %j',
    (query) => {
      expect(get('/maps/api/geocode/json', query)).toMatchObject({
        status: 400,
        body: { status: 'INVALID_REQUEST', results: [] },
      });
    },
  );

  it.each(['', 'invalid-key'])('refuses the key "%s" in the body, with status 200', (key) => {
    const answer = get('/maps/api/geocode/json', { address: MUNICH }, key);
    expect(answer).toMatchObject({ status: 200, body: { status: 'REQUEST_DENIED', results: [] } });
  });
});

describe('routes', () => {
  it('have only the fields of the mask', () => {
    const body = { origin: { address: MUNICH }, destination: { address: BERLIN } };
    const [found] = route(body, 'routes.distanceMeters,routes.polyline.encodedPolyline').body
      .routes;
    expect(Object.keys(found).toSorted()).toEqual(['distanceMeters', 'polyline']);
    expect(Object.keys(route(body, 'routes.legs.duration').body.routes[0].legs[0])).toEqual([
      'duration',
    ]);
  });

  it('have plausible distances and durations', () => {
    const lengths = ['DRIVE', 'WALK', 'BICYCLE', 'TRANSIT'].map((travelMode) => {
      const [found] = route({
        origin: { address: MUNICH },
        destination: { address: BERLIN },
        travelMode,
      }).body.routes;
      return {
        kilometres: found.distanceMeters / 1000,
        hours: Number.parseInt(found.duration, 10) / 3600,
      };
    });
    for (const { kilometres } of lengths) expect(kilometres).toBeGreaterThan(504);
    expect(lengths[0]?.hours).toBeLessThan(9);
    expect(lengths[1]?.hours).toBeGreaterThan(90);
  });

  it('lead from one point to the other', () => {
    const from = { latitude: 48.13743, longitude: 11.57549 };
    const to = { latitude: 52.51628, longitude: 13.37771 };
    const [found] = route({
      origin: { location: { latLng: from } },
      destination: { location: { latLng: to } },
    }).body.routes;
    const points = decodePolyline(found.polyline.encodedPolyline);
    expect([points[0], points.at(-1)]).toEqual([from, to]);
  });

  it('are an empty object across an ocean', () => {
    expect(
      route({ origin: { address: MUNICH }, destination: { address: NEW_YORK } }, 'routes.duration'),
    ).toEqual({
      status: 200,
      body: {},
    });
  });

  it('from a place to itself have no distance, as zero is omitted', () => {
    const [found] = route({ origin: { address: MUNICH }, destination: { address: MUNICH } }).body
      .routes;
    expect(found).not.toHaveProperty('distanceMeters');
    expect(found.duration).toBe('0s');
  });

  it.each([
    [
      'no mask',
      '',
      { origin: { address: MUNICH }, destination: { address: BERLIN } },
      'FieldMask is a required parameter',
    ],
    [
      'an unknown field',
      'routes.lenght',
      { origin: { address: MUNICH }, destination: { address: BERLIN } },
      "path 'routes.lenght'",
    ],
    ['no destination', '*', { origin: { address: MUNICH } }, 'destination'],
    [
      'a waypoint named twice',
      '*',
      { origin: { address: MUNICH, placeId: 'x' }, destination: { address: BERLIN } },
      'exactly one of',
    ],
    [
      'traffic on foot',
      '*',
      {
        origin: { address: MUNICH },
        destination: { address: BERLIN },
        travelMode: 'WALK',
        routingPreference: 'TRAFFIC_AWARE',
      },
      'Routing preference',
    ],
  ])('are refused with %s', (_name, mask, body, message) => {
    const answer = route(body, mask);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: 'INVALID_ARGUMENT' } },
    });
    expect(answer.body.error.message).toContain(message);
  });

  it('have different errors without a key and with an invalid one', () => {
    expect(post('/directions/v2:computeRoutes', '*', {}, '')).toMatchObject({
      status: 403,
      body: { error: { status: 'PERMISSION_DENIED' } },
    });
    const invalid = post('/directions/v2:computeRoutes', '*', {}, 'invalid-key');
    expect(invalid).toMatchObject({
      status: 400,
      body: { error: { details: [{ reason: 'API_KEY_INVALID' }] } },
    });
  });
});

describe('route matrices', () => {
  it('have an element for each pair, in arbitrary order, without a route across an ocean', () => {
    const ends = [MUNICH, BERLIN, NEW_YORK].map(at);
    const { body } = matrix(
      { origins: ends, destinations: ends },
      'originIndex,destinationIndex,status,condition,duration,distanceMeters',
    );
    const pairs = body.map(({ originIndex, destinationIndex }: Record<string, number>) =>
      [originIndex, destinationIndex].join(),
    );
    expect(pairs).not.toEqual(pairs.toSorted());
    expect(pairs.toSorted()).toEqual([
      '0,0',
      '0,1',
      '0,2',
      '1,0',
      '1,1',
      '1,2',
      '2,0',
      '2,1',
      '2,2',
    ]);
    const missing = body.filter(
      ({ condition }: { condition: string }) => condition === 'ROUTE_NOT_FOUND',
    );
    expect(
      missing
        .map(({ originIndex, destinationIndex }: Record<string, number>) =>
          [originIndex, destinationIndex].join(),
        )
        .toSorted(),
    ).toEqual(['0,2', '1,2', '2,0', '2,1']);
  });

  it('report an unknown address, for its elements only', () => {
    const { status, body } = matrix({
      origins: [at(MUNICH)],
      destinations: [at(BERLIN), at('zzz')],
    });
    expect(status).toBe(200);
    expect(body).toContainEqual(
      expect.objectContaining({
        destinationIndex: 1,
        status: { code: 5, message: expect.any(String) },
      }),
    );
    expect(body).toContainEqual(
      expect.objectContaining({ destinationIndex: 0, status: {}, condition: 'ROUTE_EXISTS' }),
    );
  });

  it.each([
    ['more than 625 elements', 26, 25, 'DRIVE'],
    ['more than 100 by transit', 11, 10, 'TRANSIT'],
  ])('of %s are refused', (_name, origins, destinations, travelMode) => {
    const point = { waypoint: { location: { latLng: { latitude: 1, longitude: 1 } } } };
    const body = {
      origins: Array.from({ length: origins }, () => point),
      destinations: Array.from({ length: destinations }, () => point),
      travelMode,
    };
    expect(matrix(body).body.error.message).toContain('exceeds the limit');
  });

  it('of more than 50 addresses are refused', () => {
    const body = {
      origins: Array.from({ length: 40 }, () => at(MUNICH)),
      destinations: Array.from({ length: 11 }, () => at(BERLIN)),
    };
    expect(matrix(body).body.error.message).toContain('limit of 50');
  });
});

describe('text search', () => {
  it('finds the places that a text describes, and continues with a token', () => {
    const mask = 'places.displayName,nextPageToken';
    const first = places({ textQuery: 'coffee', pageSize: 7 }, mask).body;
    expect(first.places).toHaveLength(7);
    const names = new Set([
      ...first.places.map(({ displayName }: { displayName: object }) =>
        Object.keys(displayName).join(),
      ),
    ]);
    expect(names).toEqual(new Set(['text,languageCode']));
    const second = places(
      { textQuery: 'coffee', pageSize: 7, pageToken: first.nextPageToken },
      'places.id,nextPageToken',
    ).body;
    const ids = (page: { places: { id: string }[] }) => page.places.map(({ id }) => id);
    expect(ids(second)).not.toEqual(
      ids(places({ textQuery: 'coffee', pageSize: 7 }, 'places.id').body),
    );
    expect(places({ textQuery: 'tea', pageSize: 7, pageToken: first.nextPageToken })).toMatchObject(
      { status: 400 },
    );
  });

  it('returns 20 per page and 60 in total', () => {
    let [pages, count, pageToken] = [0, 0, undefined as string | undefined];
    do {
      const page = places({
        textQuery: 'hotel',
        pageSize: 50,
        ...(pageToken && { pageToken }),
      }).body;
      pages++;
      count += (page.places as unknown[]).length;
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect([pages, count]).toEqual([3, 60]);
  });

  it('prefers near places', () => {
    const center = { latitude: 48.1375, longitude: 11.5757 };
    const [nearest] = places({
      textQuery: 'coffee',
      locationBias: { circle: { center, radius: 500 } },
    }).body.places;
    expect(nearest.formattedAddress).toContain('München');
  });

  it('returns an empty object without results', () => {
    expect(places({ textQuery: 'zzz' })).toEqual({ status: 200, body: {} });
  });
});

describe('place details', () => {
  const cafe = () => places({ textQuery: 'coffee in Lisbon' }).body.places[0];
  const details = (id: string, fields: string) => get(`/v1/places/${id}`, { fields });
  const legacy = (query: Record<string, string>, key?: string) =>
    get('/maps/api/place/details/json', query, key).body;

  it('have only the fields of the mask', () => {
    const found = cafe();
    expect(details(found.id, 'id,location,displayName.text')).toEqual({
      status: 200,
      headers: expect.anything(),
      body: {
        id: found.id,
        location: found.location,
        displayName: { text: found.displayName.text },
      },
    });
  });

  it('are refused without a mask, for an unknown field and for an unknown place', () => {
    expect(details(cafe().id, '').body.error.message).toContain('FieldMask is a required');
    expect(details(cafe().id, 'smell').body.error.message).toContain("path 'smell'");
    expect(details('nonsense', 'id')).toMatchObject({
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT' } },
    });
  });

  it('of the older API have their status in the body', () => {
    const { id, displayName } = cafe();
    expect(legacy({ place_id: id, fields: 'name,geometry/location' })).toMatchObject({
      status: 'OK',
      result: { name: displayName.text, geometry: { location: { lat: expect.any(Number) } } },
    });
    expect(Object.keys(legacy({ place_id: id, fields: 'name' }).result)).toEqual(['name']);
    expect(
      [{ place_id: 'nonsense' }, {}, { place_id: id, fields: 'smell' }].map(
        (query) => legacy(query as Record<string, string>).status,
      ),
    ).toEqual(['NOT_FOUND', 'INVALID_REQUEST', 'INVALID_REQUEST']);
    expect(legacy({ place_id: id }, '').status).toBe('REQUEST_DENIED');
  });
});

describe('time zones', () => {
  const zoneAt = (location: string, time: string) =>
    get('/maps/api/timezone/json', { location, timestamp: String(Date.parse(time) / 1000) }).body;

  it.each([
    [
      '48.1375,11.5757',
      '2026-07-01',
      {
        timeZoneId: 'Europe/Berlin',
        rawOffset: 3600,
        dstOffset: 3600,
        timeZoneName: 'Central European Summer Time',
      },
    ],
    [
      '-33.8568,151.2153',
      '2026-01-01',
      { timeZoneId: 'Australia/Sydney', rawOffset: 36_000, dstOffset: 3600 },
    ],
    [
      '27.7154,85.32',
      '2026-01-01',
      { timeZoneId: 'Asia/Kathmandu', rawOffset: 20_700, dstOffset: 0 },
    ],
    [
      '40.7484,-73.9857',
      '2026-01-01',
      { timeZoneId: 'America/New_York', rawOffset: -18_000, dstOffset: 0 },
    ],
  ])('at %s on %s', (location, time, zone) => {
    expect(zoneAt(location, time)).toMatchObject({ status: 'OK', ...zone });
  });

  it('are unknown at sea, and without a time', () => {
    expect(zoneAt('-40,-120', '2026-01-01')).toEqual({ status: 'ZERO_RESULTS' });
    expect(get('/maps/api/timezone/json', { location: '1,1' })).toMatchObject({
      status: 400,
      body: { status: 'INVALID_REQUEST' },
    });
  });
});

describe('static maps', () => {
  it('are PNG images of the requested size', () => {
    const { status, headers, body } = get('/maps/api/staticmap', {
      center: MUNICH,
      zoom: '14',
      size: '320x200',
      markers: MUNICH,
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'image/png' });
    const png = body as Buffer;
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([320, 200]);
    const pixels = inflateSync(png.subarray(png.indexOf('IDAT') + 4, png.lastIndexOf('IEND') - 8));
    expect(pixels).toHaveLength(200 * (1 + 320 * 3));
  });

  it.each([
    [{ center: '1,1', size: '641x100' }, 400],
    [{ center: '1,1' }, 400],
    [{ size: '10x10' }, 400],
  ])('refuse %j', (query, status) => {
    expect(get('/maps/api/staticmap', query)).toMatchObject({
      status,
      headers: { 'content-type': expect.stringContaining('text/plain') },
    });
  });

  it('refuse a missing key', () => {
    expect(get('/maps/api/staticmap', { center: '1,1', size: '10x10' }, '').status).toBe(403);
  });
});

/** https://developers.google.com/maps/documentation/utilities/polylinealgorithm, backwards. */
function decodePolyline(text: string) {
  const numbers: number[] = [];
  for (let index = 0, value = 0, shift = 0; index < text.length; index++) {
    const chunk = text.charCodeAt(index) - 63;
    value |= (chunk & 0x1f) << shift;
    shift += 5;
    if (chunk >= 0x20) continue;
    numbers.push(value & 1 ? ~(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  let [latitude, longitude] = [0, 0];
  return Array.from({ length: numbers.length / 2 }, (_, index) => {
    latitude += numbers[index * 2] ?? 0;
    longitude += numbers[index * 2 + 1] ?? 0;
    return { latitude: latitude / 1e5, longitude: longitude / 1e5 };
  });
}
