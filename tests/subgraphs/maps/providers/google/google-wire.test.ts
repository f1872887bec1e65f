import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { GeocodeResponseData } from '@googlemaps/google-maps-services-js/dist/geocode/geocode.js';
import type { TimeZoneResponseData } from '@googlemaps/google-maps-services-js/dist/timezone.js';
import {
  geocodingSchema,
  type GeocodingWire,
  matrixSchema,
  routesSchema,
  searchTextSchema,
  timeZoneSchema,
} from '../../../../../subgraphs/maps/providers/google/google-wire.ts';
import { geocodes } from '../../google-responses.ts';
import { onlyMockedCalls } from '../../only-mocked.ts';
import { startMaps } from '../../start-maps.ts';

onlyMockedCalls();

const RECORDED = resolve(process.env['RECORDED_DIR'] ?? '../shared/recorded', 'google');
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(resolve(RECORDED, name), 'utf8'));

const there = existsSync(RECORDED);
if (!there)
  console.info(
    `Skipped: what Google was recorded to answer, as ${RECORDED} is not there (RECORDED_DIR).`,
  );

// GetDirectionsResponse and GetDistanceMatrixWithBasicStringParams are of APIs that this provider does not use.
(there ? describe : describe.skip)('what Google was recorded to answer', () => {
  it.each([
    'SimpleGeocodeResponse.json',
    'PlaceGeocodeResponse.json',
    'GeocodeLibraryType.json',
    'UtfResultGeocodeResponse.json',
    'SimpleReverseGeocodeResponse.json',
    'ReverseGeocodeResponse.json',
    'ReverseGeocodeWithKitaWardResponse.json',
  ])('%s is read', (name) => {
    const wire = recorded(name) as GeocodingWire;
    const { results } = geocodingSchema.parse(wire);
    expect(results.length).toBeGreaterThan(0);
    expect(results).toMatchObject(
      wire.results.map(({ place_id, formatted_address }) => ({ place_id, formatted_address })),
    );
  });

  it('SimpleGeocodeResponse.json becomes a place', async () => {
    geocodes('Sydney', recorded('SimpleGeocodeResponse.json'));
    const { data } = await startMaps().ask(
      '{ geocode(address: "Sydney") { id name formattedAddress precision location { latitude longitude } } }',
    );
    expect(data).toEqual({
      geocode: {
        id: 'ChIJP3Sa8ziYEmsRUKgyFmh9AQM',
        name: null,
        formattedAddress: 'Sydney NSW, Australia',
        precision: 'APPROXIMATE',
        location: { latitude: -33.8688197, longitude: 151.2092955 },
      },
    });
  });

  it('OverQueryLimitResponse.json becomes UPSTREAM_RATE_LIMITED, without the words of the vendor', async () => {
    geocodes('A', recorded('OverQueryLimitResponse.json'));
    const { errors } = await startMaps().ask('{ geocode(address: "A") { id } }');
    expect(errors).toEqual([
      {
        code: 'UPSTREAM_RATE_LIMITED',
        message: 'The rate limit of the mapping service is exhausted. Try again later.',
        path: 'geocode',
      },
    ]);
  });
});

describe('the official types of the wire', () => {
  it('of geocoding fit what this provider reads', () => {
    const read = (wire: GeocodeResponseData): GeocodingWire => wire;
    expect(read).toBeDefined();
  });

  it('of time zones have the name that this provider reads', () => {
    const read = ({ timeZoneId }: TimeZoneResponseData) => ({ status: 'OK', timeZoneId });
    expect(
      timeZoneSchema.parse(read({ timeZoneId: 'Asia/Calcutta' } as TimeZoneResponseData)),
    ).toMatchObject({
      timeZoneId: 'Asia/Calcutta',
    });
  });
});

describe('the shapes on the pages of the vendor, of which no recording exists', () => {
  it('Time Zone: https://developers.google.com/maps/documentation/timezone/requests-timezone', () => {
    const wire = {
      dstOffset: 0,
      rawOffset: -28800,
      status: 'OK',
      timeZoneId: 'America/Los_Angeles',
      timeZoneName: 'Pacific Standard Time',
    };
    expect(timeZoneSchema.parse(wire)).toMatchObject({ timeZoneId: 'America/Los_Angeles' });
  });

  it('Routes: https://developers.google.com/maps/documentation/routes/compute_route_directions', () => {
    const wire = {
      routes: [
        {
          distanceMeters: 772,
          duration: '165s',
          polyline: { encodedPolyline: 'ipkcFfichVnP@j@BLoFVwM{E?' },
        },
      ],
    };
    expect(routesSchema.parse(wire).routes).toEqual([{ ...wire.routes[0], duration: 165 }]);
  });

  it('Route matrix: https://developers.google.com/maps/documentation/routes/understand-rm-response', () => {
    const wire = [
      {
        originIndex: 0,
        destinationIndex: 0,
        status: {},
        distanceMeters: 822,
        duration: '160s',
        condition: 'ROUTE_EXISTS',
      },
      {
        originIndex: 1,
        destinationIndex: 0,
        status: {},
        distanceMeters: 2919,
        duration: '361s',
        condition: 'ROUTE_EXISTS',
      },
    ];
    expect(matrixSchema.parse(wire)).toMatchObject([
      { originIndex: 0, destinationIndex: 0, duration: 160 },
      { originIndex: 1, destinationIndex: 0, distanceMeters: 2919 },
    ]);
  });

  it('Places: https://developers.google.com/maps/documentation/places/web-service/text-search', () => {
    const wire = {
      places: [
        {
          id: 'ChIJ5YQQf1GHhYARPKG7WLIaOko',
          displayName: { text: 'Gulf of Tonkin', languageCode: 'en' },
          formattedAddress: '1 Main St, San Francisco',
          location: { latitude: 37.79, longitude: -122.4 },
        },
      ],
      nextPageToken: 'AeCrKXsZWzNVbPzO-MRWPu',
    };
    expect(searchTextSchema.parse(wire)).toEqual({
      ...wire,
      places: [{ ...wire.places[0], displayName: { text: 'Gulf of Tonkin' } }],
    });
  });
});
