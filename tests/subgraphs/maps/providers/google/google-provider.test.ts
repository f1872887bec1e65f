import { describe, expect, it } from '@jest/globals';
import nock from 'nock';
import {
  answersMatrix,
  answersPlaces,
  answersRoute,
  elementsFor,
  found,
  geocodes,
  geocodingResult,
  nothing,
} from '../../google-responses.ts';
import { onlyMockedCalls } from '../../only-mocked.ts';
import {
  addresses,
  type Answer,
  API_KEY,
  GEOCODING,
  ofAddresses,
  startMaps,
} from '../../start-maps.ts';

onlyMockedCalls();

const JOURNEY = 'from: { address: "A" }, to: { location: { latitude: 1, longitude: 2 } }';

describe("the requested fields follow from the client's selection", () => {
  it.each([
    ['distance', 'routes.distanceMeters'],
    ['duration', 'routes.duration'],
    ['polyline', 'routes.polyline.encodedPolyline'],
    ['description', 'routes.description'],
    [
      'distance duration polyline description',
      'routes.distanceMeters,routes.duration,routes.polyline.encodedPolyline,routes.description',
    ],
    ['__typename', 'routes.distanceMeters'],
  ])('a route with its %s', async (selection, mask) => {
    const sent = answersRoute({ routes: [{ duration: '1s' }] });
    await startMaps().ask(`{ route(${JOURNEY}, mode: WALK) { ${selection} } }`);
    const body = {
      origin: { address: 'A' },
      destination: { location: { latLng: { latitude: 1, longitude: 2 } } },
      travelMode: 'WALK',
    };
    expect(sent).toEqual([{ mask, key: API_KEY, body }]);
  });

  it.each([
    ['duration', 'originIndex,destinationIndex,status,condition,duration'],
    ['distance duration', 'originIndex,destinationIndex,status,condition,distanceMeters,duration'],
    ['__typename', 'originIndex,destinationIndex,status,condition'],
  ])('travel times with their %s', async (selection, mask) => {
    const sent = answersMatrix(elementsFor);
    await startMaps().ask(
      `{ travelTimes(origins: [{ placeId: "a" }], destinations: [{ address: "B" }]) { ${selection} } }`,
    );
    const body = {
      origins: [{ waypoint: { placeId: 'a' } }],
      destinations: [{ waypoint: { address: 'B' } }],
      travelMode: 'DRIVE',
    };
    expect(sent).toEqual([{ mask, key: API_KEY, body }]);
  });

  it.each([
    ['nodes { id }', 'places.id'],
    ['nodes { name }', 'places.id,places.displayName'],
    [
      'edges { node { formattedAddress location { latitude } } }',
      'places.id,places.formattedAddress,places.location',
    ],
    ['nodes { precision }', 'places.id'],
    ['edges { cursor }', 'places.id,nextPageToken'],
    ['pageInfo { hasNextPage }', 'places.id,nextPageToken'],
  ])('places with %s', async (selection, mask) => {
    const sent = answersPlaces({});
    await startMaps().ask(
      `{ places(text: "tea", near: { latitude: 1, longitude: 2 }, first: 5) { ${selection} } }`,
    );
    const locationBias = { circle: { center: { latitude: 1, longitude: 2 }, radius: 5000 } };
    expect(sent).toEqual([
      { mask, key: API_KEY, body: { textQuery: 'tea', pageSize: 5, locationBias } },
    ]);
  });
});

describe('an absent result is null without an error:', () => {
  it('an address, a point or a time zone that Google does not know', async () => {
    geocodes('Nowhere', nothing);
    nock(GEOCODING)
      .get('/maps/api/geocode/json')
      .query({ latlng: '0,0', key: API_KEY })
      .reply(200, nothing);
    geocodes('At sea', found({ lat: 0.5, lng: -30 }));
    nock(GEOCODING)
      .get('/maps/api/timezone/json')
      .query((query) => query['location'] === '0.5,-30')
      .reply(200, { status: 'ZERO_RESULTS' });
    const answer = await startMaps().ask(
      `query ($of: [_Any!]!) {
        geocode(address: "Nowhere") { id }
        reverseGeocode(location: { latitude: 0, longitude: 0 }) { id }
        _entities(representations: $of) { ... on PostalAddress { timeZone } }
      }`,
      addresses('Nowhere', 'At sea'),
    );
    expect(answer).toMatchObject({
      data: {
        geocode: null,
        reverseGeocode: null,
        _entities: [{ timeZone: null }, { timeZone: null }],
      },
      errors: [],
    });
  });

  it.each([
    ['no route', {}, 200],
    ['an empty list of routes', { routes: [] }, 200],
    ['a place that is not found', { error: { code: 404, message: 'x', status: 'NOT_FOUND' } }, 404],
  ])('a route, where Google answers %s', async (_what, body, status) => {
    answersRoute(body, status);
    expect(await startMaps().ask(`{ route(${JOURNEY}) { distance } }`)).toMatchObject({
      data: { route: null },
      errors: [],
    });
  });

  it('a travel time without a way or to an unknown place', async () => {
    answersMatrix(() => [
      { originIndex: 1, destinationIndex: 0, status: { code: 5, message: 'x' } },
      { originIndex: 0, destinationIndex: 0, status: {}, condition: 'ROUTE_NOT_FOUND' },
    ]);
    const matrix =
      'travelTimes(origins: [{ address: "A" }, { address: "B" }], destinations: [{ address: "C" }])';
    const answer = await startMaps().ask(`{ ${matrix} { duration } }`);
    expect(answer).toMatchObject({ data: { travelTimes: [[null], [null]] }, errors: [] });
  });
});

describe('a zero value that Google omits', () => {
  it('is 0: distances, indexes and coordinates', async () => {
    answersRoute({ routes: [{ duration: '0s' }] });
    answersMatrix(() => [{ condition: 'ROUTE_EXISTS', duration: '0s' }]);
    answersPlaces({ places: [{ id: 'p', location: { longitude: 6.5 } }] });
    const { data, errors } = await startMaps().ask(`{
      route(${JOURNEY}) { distance duration }
      travelTimes(origins: [{ address: "A" }], destinations: [{ address: "A" }]) { distance duration }
      places(text: "tea") { nodes { location { latitude longitude } } }
    }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      route: { distance: 0, duration: 0 },
      travelTimes: [[{ distance: 0, duration: 0 }]],
      places: { nodes: [{ location: { latitude: 0, longitude: 6.5 } }] },
    });
  });
});

describe('a point', () => {
  it.each([
    [0.00000012, -179.99999999, '0.0000001,-180'],
    [10, -100, '10,-100'],
    [-33.86881975, 0.5, '-33.8688198,0.5'],
  ])('%d, %d is written as %s, never with an exponent', async (latitude, longitude, latlng) => {
    nock(GEOCODING)
      .get('/maps/api/geocode/json')
      .query({ latlng, key: API_KEY })
      .reply(200, found());
    const query = 'query ($at: GeoPointInput!) { reverseGeocode(location: $at) { id } }';
    expect(await startMaps().ask(query, { at: { latitude, longitude } })).toMatchObject({
      errors: [],
    });
  });
});

describe('how exact a place is', () => {
  it.each([
    ['ROOFTOP', 'ROOFTOP'],
    ['RANGE_INTERPOLATED', 'INTERPOLATED'],
    ['GEOMETRIC_CENTER', 'CENTER'],
    ['APPROXIMATE', 'APPROXIMATE'],
    ['SOMETHING_NEW', 'UNKNOWN'],
    ['constructor', 'UNKNOWN'],
  ])('%s is %s', async (type, precision) => {
    geocodes('A', found({ type }));
    expect(await startMaps().ask('{ geocode(address: "A") { precision } }')).toMatchObject({
      data: { geocode: { precision } },
    });
  });
});

describe('a match of a part of the address', () => {
  const SELECTION = '{ geocode(address: "A") { id isPartialMatch } }';

  it.each([
    ['the middle of a street', [{ type: 'GEOMETRIC_CENTER', isPartial: true }]],
    ['the middle of a town', [{ type: 'APPROXIMATE', isPartial: true }]],
    [
      'one of several houses',
      [
        { type: 'ROOFTOP', isPartial: true },
        { type: 'ROOFTOP', isPartial: true, id: 'other' },
      ],
    ],
  ])('is no place if it is %s', async (_what, results) => {
    geocodes('A', { results: results.map((one) => geocodingResult(one)), status: 'OK' });
    expect(await startMaps().ask(SELECTION)).toMatchObject({ data: { geocode: null }, errors: [] });
  });

  it.each(['ROOFTOP', 'RANGE_INTERPOLATED'])(
    'is a place that is marked as partial if it is one building: %s',
    async (type) => {
      geocodes('A', found({ type, isPartial: true, id: 'x' }));
      expect(await startMaps().ask(SELECTION)).toMatchObject({
        data: { geocode: { id: 'x', isPartialMatch: true } },
      });
    },
  );

  it('is never a full match, however many and imprecise the results are', async () => {
    const results = [{ type: 'APPROXIMATE', id: 'x' }, { type: 'APPROXIMATE' }];
    geocodes('A', { results: results.map((one) => geocodingResult(one)), status: 'OK' });
    expect(await startMaps().ask(SELECTION)).toMatchObject({
      data: { geocode: { id: 'x', isPartialMatch: false } },
    });
  });

  it('is requested each time, and a full match is not', async () => {
    const { ask } = startMaps({ MAPS_KEEP_PLACES: 'true' });
    const locate = '{ geocode(address: "A") { id location { latitude } isPartialMatch } }';
    for (let times = 0; times < 2; times += 1) {
      geocodes('A', found({ type: 'ROOFTOP', isPartial: true }));
      const { data, calls } = await ask(locate);
      expect([data?.['geocode'], calls.length]).toMatchObject([{ isPartialMatch: true }, 1]);
    }
    geocodes('A', found({ type: 'APPROXIMATE' }));
    for (const calls of [1, 0]) {
      const answer = await ask(locate);
      expect(answer.data).toMatchObject({ geocode: { isPartialMatch: false } });
      expect(answer.calls).toHaveLength(calls);
    }
  });
});

/** An error has the code at the path, and neither the key nor a word of the vendor in it. */
function expectError({ errors }: Answer, code: string, path: string) {
  expect(errors).toMatchObject([{ code, path }]);
  expect(JSON.stringify(errors)).not.toMatch(/key-that|Please wait|secret words|google/i);
}

describe('a failure has a code', () => {
  it.each([
    ['OVER_QUERY_LIMIT', 'UPSTREAM_RATE_LIMITED'],
    ['OVER_DAILY_LIMIT', 'UPSTREAM_AUTH'],
    ['REQUEST_DENIED', 'UPSTREAM_AUTH'],
    ['INVALID_REQUEST', 'UPSTREAM_REJECTED'],
    ['UNKNOWN_ERROR', 'UPSTREAM_UNAVAILABLE'],
    ['SOMETHING_NEW', 'UPSTREAM_CONTRACT'],
  ])('where geocoding answers %s under HTTP 200', async (status, code) => {
    geocodes('A', { error_message: 'secret words', status });
    expectError(await startMaps().ask('{ geocode(address: "A") { id } }'), code, 'geocode');
  });

  it.each([
    ['{', 200, 'UPSTREAM_CONTRACT'],
    [{ status: 'OK' }, 200, 'UPSTREAM_CONTRACT'],
    [{ status: 'OK', results: [{ place_id: 'x' }] }, 200, 'UPSTREAM_CONTRACT'],
    ['<html>', 502, 'UPSTREAM_UNAVAILABLE'],
    ['', 403, 'UPSTREAM_AUTH'],
    ['', 429, 'UPSTREAM_RATE_LIMITED'],
  ])('where geocoding answers %j with status %d', async (body, status, code) => {
    geocodes('A', body, status);
    expectError(await startMaps().ask('{ geocode(address: "A") { id } }'), code, 'geocode');
  });

  const rpcError = (code: number, status: string, reason?: string) => ({
    error: {
      code,
      message: 'secret words',
      status,
      details: [
        { '@type': 'type.googleapis.com/google.rpc.Help', links: [] },
        ...(reason ? [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }] : []),
      ],
    },
  });

  it.each([
    [400, rpcError(400, 'INVALID_ARGUMENT', 'API_KEY_INVALID'), 'UPSTREAM_AUTH'],
    [400, rpcError(400, 'INVALID_ARGUMENT'), 'UPSTREAM_REJECTED'],
    [403, rpcError(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED'), 'UPSTREAM_AUTH'],
    [429, rpcError(429, 'RESOURCE_EXHAUSTED'), 'UPSTREAM_RATE_LIMITED'],
    [500, rpcError(500, 'INTERNAL'), 'UPSTREAM_UNAVAILABLE'],
    [504, rpcError(504, 'DEADLINE_EXCEEDED'), 'UPSTREAM_UNAVAILABLE'],
    [404, '<html>', 'UPSTREAM_CONTRACT'],
    [404, {}, 'UPSTREAM_CONTRACT'],
    [200, { routes: [{ distanceMeters: 'far' }] }, 'UPSTREAM_CONTRACT'],
    [200, { routes: [{ distanceMeters: 5 }] }, 'UPSTREAM_CONTRACT'],
    [200, { routes: [{ duration: 'soon' }] }, 'UPSTREAM_CONTRACT'],
  ])('where Routes answers %d %j', async (status, body, code) => {
    answersRoute(body, status);
    expectError(await startMaps().ask(`{ route(${JOURNEY}) { duration } }`), code, 'route');
  });

  it.each([
    ['status of code 7', { status: { code: 7 } }, 'UPSTREAM_AUTH'],
    ['status of code 8', { status: { code: 8 } }, 'UPSTREAM_RATE_LIMITED'],
    ['status of code 3', { status: { code: 3 } }, 'UPSTREAM_REJECTED'],
    ['status of code 13', { status: { code: 13 } }, 'UPSTREAM_UNAVAILABLE'],
    ['unknown condition', { condition: 'ROUTE_MAYBE' }, 'UPSTREAM_CONTRACT'],
    ['missing duration', { condition: 'ROUTE_EXISTS' }, 'UPSTREAM_CONTRACT'],
  ])('in its own cell only, if an element has a %s', async (_what, element, code) => {
    answersMatrix(() => [
      { originIndex: 0, destinationIndex: 1, ...element },
      { originIndex: 0, destinationIndex: 0, condition: 'ROUTE_EXISTS', duration: '5s' },
    ]);
    const matrix =
      'travelTimes(origins: [{ address: "A" }], destinations: [{ address: "B" }, { address: "C" }])';
    const answer = await startMaps().ask(`{ ${matrix} { duration } }`);
    expect(answer.data).toEqual({ travelTimes: [[{ duration: 5 }, null]] });
    expectError(answer, code, 'travelTimes.0.1');
  });

  it('in its own cell only, if a pair has no element', async () => {
    answersMatrix(() => [
      { originIndex: 0, destinationIndex: 0, condition: 'ROUTE_EXISTS', duration: '5s' },
    ]);
    const answer = await startMaps().ask(
      '{ travelTimes(origins: [{ address: "A" }, { address: "B" }], destinations: [{ address: "C" }]) { duration } }',
    );
    expect(answer.data).toEqual({ travelTimes: [[{ duration: 5 }], [null]] });
    expectError(answer, 'UPSTREAM_CONTRACT', 'travelTimes.1.0');
  });

  it('if a whole matrix is refused, in the form of a stream', async () => {
    answersMatrix(() => [rpcError(429, 'RESOURCE_EXHAUSTED')], 429);
    const answer = await startMaps().ask(
      ofAddresses('travelTime(to: { address: "B" }) { duration }'),
      addresses('A'),
    );
    expectError(answer, 'UPSTREAM_RATE_LIMITED', '_entities.0.travelTime');
  });

  it('at its own path only, if a place lacks a requested field', async () => {
    answersPlaces({ places: [{ id: 'a', formattedAddress: 'Here' }, { id: 'b' }] });
    const answer = await startMaps().ask('{ places(text: "tea") { nodes { formattedAddress } } }');
    expect(answer.data).toEqual({ places: { nodes: [{ formattedAddress: 'Here' }, null] } });
    expectError(answer, 'UPSTREAM_CONTRACT', 'places.nodes.1');
  });

  it('and leaves no key in the trace', async () => {
    geocodes('Secret street', { status: 'REQUEST_DENIED' });
    const { calls } = await startMaps().ask('{ geocode(address: "Secret street") { id } }');
    expect(calls).toMatchObject([
      {
        service: 'maps',
        vendor: 'google',
        method: 'GET',
        path: '/maps/api/geocode/json',
        status: 200,
      },
    ]);
    expect(JSON.stringify(calls)).not.toMatch(/Secret|key-that/);
  });
});
