import { describe, expect, it } from '@jest/globals';
import { problemsOf } from '../open-subgraph.ts';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLObjectType, isObjectType, Kind, parse } from 'graphql';
import nock from 'nock';
import { maps } from '../../../subgraphs/maps/subgraph.ts';
import { selectedFields } from '../../../gateway/engines/selected-fields.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import {
  answersMatrix,
  answersPlaces,
  answersRoute,
  elementsFor,
  found,
  geocodes,
} from './google-responses.ts';
import { onlyMockedCalls } from './only-mocked.ts';
import {
  addresses,
  API_KEY,
  fragmentsOf,
  GEOCODING,
  ofAddresses,
  startMaps,
} from './start-maps.ts';

onlyMockedCalls();

const EVERYTHING = `query ($of: [_Any!]!) {
  geocode(address: "Sydney") { ...PlaceFields }
  reverseGeocode(location: { latitude: 1.5, longitude: -2 }) { ...PlaceFields }
  places(text: "tea", near: { latitude: 1, longitude: 2 }, first: 1) {
    edges { cursor node { ...PlaceFields } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
  route(from: { address: "A" }, to: { address: "B" }) { ...RouteFields }
  travelTimes(origins: [{ address: "A" }], destinations: [{ placeId: "b-1" }]) { duration distance }
  _entities(representations: $of) {
    ... on PostalAddress {
      formatted
      place { id }
      timeZone
      route(to: { location: { latitude: 3, longitude: 4 } }, mode: TRANSIT) { distance }
      travelTime(to: { address: "B" }, mode: BICYCLE) { distance }
      map { path width height }
    }
  }
}
fragment PlaceFields on Place { id name formattedAddress precision isPartialMatch location { latitude longitude } }
fragment RouteFields on Route { distance duration polyline description }`;

describe('the maps subgraph', () => {
  it('has a value for every field of its schema', async () => {
    const { subgraph, ask } = startMaps();
    const document = parse(EVERYTHING);
    const schema = buildSubgraphSchema({
      typeDefs: parse(subgraph.sdl),
      resolvers: subgraph.resolvers as never,
    });
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    if (operation === undefined) throw new Error('There is no operation.');
    const selected = selectedFields({
      schema,
      operation,
      fragments: fragmentsOf(document),
      variables: {},
    });
    const all = Object.values(schema.getTypeMap()).filter(
      (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('_'),
    );
    const missing = all.flatMap((type) => {
      const fields = Object.keys(type.getFields()).filter((field) => !field.startsWith('_'));
      return fields
        .filter((field) => !selected.get(type.name)?.has(field))
        .map((field) => `${type.name}.${field}`);
    });
    expect(missing).toEqual([]);

    geocodes('Sydney');
    nock(GEOCODING)
      .get('/maps/api/geocode/json')
      .query({ latlng: '1.5,-2', key: API_KEY })
      .reply(200, found());
    nock(GEOCODING)
      .get('/maps/api/timezone/json')
      .query({ location: '-33.8688197,151.2092955', timestamp: /^\d+$/, key: API_KEY })
      .reply(200, {
        status: 'OK',
        timeZoneId: 'Australia/Sydney',
        timeZoneName: 'x',
        dstOffset: 0,
        rawOffset: 36000,
      });
    const place = {
      id: 'p',
      displayName: { text: 'Tea' },
      formattedAddress: 'Here',
      location: { latitude: 1, longitude: 2 },
    };
    answersPlaces({ places: [place], nextPageToken: 'more' });
    const route = {
      distanceMeters: 7,
      duration: '8.6s',
      description: 'M1',
      polyline: { encodedPolyline: 'abc' },
    };
    answersRoute({ routes: [route] });
    answersRoute({ routes: [route] });
    answersMatrix(elementsFor);
    answersMatrix(elementsFor);
    const { data, errors } = await ask(EVERYTHING, addresses('Sydney'));
    expect(errors).toEqual([]);
    const sydney = {
      id: 'ChIJP3Sa8ziYEmsRUKgyFmh9AQM',
      name: null,
      formattedAddress: 'Sydney NSW, Australia',
      precision: 'APPROXIMATE',
      location: { latitude: -33.8688197, longitude: 151.2092955 },
    };
    expect(data).toMatchObject({
      geocode: sydney,
      reverseGeocode: sydney,
      places: {
        edges: [
          {
            node: {
              id: 'p',
              name: 'Tea',
              formattedAddress: 'Here',
              precision: null,
              location: { latitude: 1, longitude: 2 },
            },
          },
        ],
        nodes: [{ id: 'p' }],
        pageInfo: { hasNextPage: true, hasPreviousPage: false },
      },
      route: { distance: 7, duration: 9, polyline: 'abc', description: 'M1' },
      travelTimes: [[{ duration: 60, distance: 1000 }]],
      _entities: [
        {
          formatted: 'Sydney',
          place: { id: sydney.id },
          timeZone: 'Australia/Sydney',
          route: { distance: 7 },
          travelTime: { distance: 1000 },
          map: { width: 600, height: 400 },
        },
      ],
    });
  });

  it('reports all problems of its configuration at once, without credentials', () => {
    const environment = {
      GOOGLE_MAPS_API_KEY: 'with space',
      GOOGLE_ROUTES_BASE_URL: 'ftp://x',
      MAP_SIGNING_SECRET: 'short',
      MAP_LINK_SECONDS: '59',
      MAP_CALLS_PER_MINUTE: '0',
    };
    expect(problemsOf(maps, environment)).toEqual([
      'GOOGLE_MAPS_API_KEY must be printable ASCII text without spaces.',
      'GOOGLE_ROUTES_BASE_URL must be an http or https URL.',
      'MAP_SIGNING_SECRET must have at least 32 characters.',
      'MAP_LINK_SECONDS must be an integer from 60 to 2592000.',
      'MAP_CALLS_PER_MINUTE must be an integer from 1 to 10000.',
    ]);
  });

  it('refuses an unknown vendor', () => {
    expect(problemsOf(maps, { MAPS_PROVIDER: 'toString' })).toEqual([
      'MAPS_PROVIDER must be one of google, but is "toString".',
    ]);
  });
});

describe('a map image link', () => {
  const scope = () => ({ signal: AbortSignal.timeout(5_000), trace: createCallTrace() });
  const pathOf = async (running: ReturnType<typeof startMaps>, selection = 'map { path }') => {
    const { data, calls } = await running.ask(
      ofAddresses(selection),
      addresses('1 Main St|icon:http://evil.test, Sydney'),
    );
    expect(calls).toEqual([]);
    return (data as { _entities: [{ map: { path: string } }] })._entities[0].map.path;
  };
  const png = Buffer.from('89504e470d0a1a0a', 'hex');

  it('is a path on this server, and makes no vendor call until it is opened', async () => {
    const running = startMaps();
    const path = await pathOf(running, 'map(width: 300, height: 200, zoom: 3) { path }');
    expect(path).toMatch(/^\/map\/[\w-]+$/);
    nock(GEOCODING)
      .get('/maps/api/staticmap')
      .query({
        center: '1 Main St icon:http://evil.test, Sydney',
        markers: '1 Main St icon:http://evil.test, Sydney',
        zoom: '3',
        size: '300x200',
        key: API_KEY,
      })
      .reply(200, png, { 'content-type': 'image/png' });
    const { trace, signal } = scope();
    const file = await running.subgraph.files?.['map']?.(path.slice('/map/'.length), {
      trace,
      signal,
    });
    expect(file).toEqual({ contentType: 'image/png', body: new Uint8Array(png), maxAge: 0 });
    expect(trace.calls).toMatchObject([
      { method: 'GET', path: '/maps/api/staticmap', status: 200 },
    ]);
  });

  it('is the same path for the same picture on every instance with the same secret, or without one the same credential', async () => {
    const secret = { MAP_SIGNING_SECRET: 'x'.repeat(32) };
    expect(await pathOf(startMaps(secret))).toBe(await pathOf(startMaps(secret)));
    expect(await pathOf(startMaps())).toBe(await pathOf(startMaps()));
    expect(await pathOf(startMaps())).not.toBe(await pathOf(startMaps(secret)));
    expect(await pathOf(startMaps())).not.toBe(
      await pathOf(startMaps({ GOOGLE_MAPS_API_KEY: 'another-key' })),
    );
  });

  it('returns 404 for a token that this server did not create', async () => {
    const { subgraph } = startMaps();
    const foreign = (await pathOf(startMaps({ MAP_SIGNING_SECRET: 'x'.repeat(32) }))).slice(
      '/map/'.length,
    );
    for (const token of ['', '.', 'abc', foreign])
      expect(await subgraph.files?.['map']?.(token, scope())).toBeNull();
  });

  it('is refused if the vendor sends content that a browser might execute', async () => {
    const running = startMaps();
    const token = (await pathOf(running)).slice('/map/'.length);
    nock(GEOCODING)
      .get('/maps/api/staticmap')
      .query(true)
      .reply(200, '<script>', { 'content-type': 'text/html' });
    await expect(running.subgraph.files?.['map']?.(token, scope())).rejects.toMatchObject({
      code: 'UPSTREAM_CONTRACT',
    });
  });

  it('fails with a code and without the key if the vendor refuses', async () => {
    const running = startMaps();
    const token = (await pathOf(running)).slice('/map/'.length);
    nock(GEOCODING)
      .get('/maps/api/staticmap')
      .query(true)
      .reply(403, `The key ${API_KEY} is wrong.`);
    const error = await running.subgraph.files?.['map']?.(token, scope()).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: 'UPSTREAM_AUTH',
      message: expect.not.stringContaining(API_KEY) as unknown as string,
    });
  });
});
