import { expect } from '@jest/globals';
import type { PageRequest } from '../../subgraphs/paging/connection.ts';
import type { Journey, Place, Waypoint } from '../../subgraphs/maps/domain.ts';
import type { MapsProvider } from '../../subgraphs/maps/provider.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';

/** A promise that every mapping service has to keep. */
export interface MapsProviderCase {
  /** Never changes and is never used again for something else. */
  readonly id: string;
  readonly promise: string;
  run(provider: MapsProvider, scope: RequestScope): Promise<void>;
}

const EIFFEL_TOWER = '5 Avenue Anatole France, 75007 Paris, France';
const LOUVRE = '99 Rue de Rivoli, 75001 Paris, France';
const SYDNEY_OPERA = 'Bennelong Point, Sydney NSW 2000, Australia';
const NOWHERE = 'Qwxzv 99999, Zzyzzx';
const PARIS = { latitude: 48.8584, longitude: 2.2945 };
const LOUVRE_POINT = { latitude: 48.8606, longitude: 2.3376 };
const MID_ATLANTIC = { latitude: 30, longitude: -40 };
const SYDNEY = { latitude: -33.8568, longitude: 151.2153 };

const none: ReadonlySet<string> = new Set();
const placeFields = new Set(['id', 'name', 'formattedAddress', 'precision', 'location']);
const routeFields = new Set(['distance', 'duration', 'polyline', 'description']);
const travelTimeFields = new Set(['distance', 'duration']);
const journey = (from: Waypoint, to: Waypoint, mode: Journey['mode'] = 'DRIVE'): Journey => ({
  from,
  to,
  mode,
});

const withinPercent = (value: number | undefined, percent: number, of: number) => {
  expect(Math.abs((value ?? NaN) - of) / Math.abs(of)).toBeLessThan(percent / 100);
};

const read = async (
  provider: MapsProvider,
  page: PageRequest,
  scope: RequestScope,
  place = placeFields,
) => provider.placesByText({ text: 'coffee', near: null }, page, { place, end: true }, scope);

const idOf = (item: Place | Error | null) => {
  if (item === null || item instanceof Error)
    throw new Error('There should be a place.', { cause: item });
  return item.id;
};

export const MAPS_PROVIDER_CASES: readonly MapsProviderCase[] = [
  {
    id: 'MAPS-GEOCODE-1',
    promise: 'geocodes addresses in their order, and returns null for an unknown one',
    async run(provider, scope) {
      const [sydney, nowhere, paris] = await provider.geocode(
        [SYDNEY_OPERA, NOWHERE, EIFFEL_TOWER],
        placeFields,
        scope,
      );
      expect(nowhere).toBeNull();
      expect(paris).toMatchObject({
        id: expect.any(String),
        formattedAddress: expect.stringContaining('Paris'),
      });
      const { location } = sydney as Place;
      withinPercent(location?.latitude, 1, SYDNEY.latitude);
      withinPercent(location?.longitude, 1, SYDNEY.longitude);
    },
  },
  {
    id: 'MAPS-GEOCODE-2',
    promise: 'makes one call for each address, and none without addresses',
    async run(provider, scope) {
      expect(await provider.geocode([], placeFields, scope)).toEqual([]);
      expect(scope.trace.calls).toEqual([]);
      await provider.geocode([EIFFEL_TOWER, LOUVRE], placeFields, scope);
      expect(scope.trace.calls).toHaveLength(2);
    },
  },
  {
    id: 'MAPS-REVERSE-1',
    promise: 'finds the place nearest to a point, and null in the middle of an ocean',
    async run(provider, scope) {
      const [paris, ocean] = await provider.reverseGeocode([PARIS, MID_ATLANTIC], scope);
      expect(paris).toMatchObject({ formattedAddress: expect.stringContaining('Paris') });
      expect(ocean).toBeNull();
    },
  },
  {
    id: 'MAPS-ZONE-1',
    promise: 'knows time zones by their IANA name, and null in the middle of an ocean',
    async run(provider, scope) {
      expect(await provider.timeZones([PARIS, MID_ATLANTIC, SYDNEY], scope)).toEqual([
        'Europe/Paris',
        null,
        'Australia/Sydney',
      ]);
    },
  },
  {
    id: 'MAPS-ROUTE-1',
    promise: 'finds routes between places named in any way, with metres and seconds that can be',
    async run(provider, scope) {
      const [louvre] = await provider.geocode([LOUVRE], placeFields, scope);
      const to: Waypoint[] = [
        { address: LOUVRE },
        { location: LOUVRE_POINT },
        { placeId: idOf(louvre ?? null) },
      ];
      const routes = await provider.routes(
        to.map((place) => journey({ address: EIFFEL_TOWER }, place)),
        routeFields,
        scope,
      );
      for (const route of routes) {
        expect(route).toMatchObject({
          distance: expect.any(Number),
          duration: expect.any(Number),
          polyline: expect.any(String),
        });
        const { distance = 0, duration = 0 } = route as { distance?: number; duration?: number };
        expect(distance).toBeGreaterThan(3_000);
        expect(distance).toBeLessThan(10_000);
        expect(duration).toBeGreaterThan(distance / 40);
        expect(Number.isInteger(distance) && Number.isInteger(duration)).toBe(true);
      }
    },
  },
  {
    id: 'MAPS-ROUTE-2',
    promise: 'returns null if there is no route, or if an address is unknown',
    async run(provider, scope) {
      const journeys = [
        journey({ address: EIFFEL_TOWER }, { address: SYDNEY_OPERA }),
        journey({ address: NOWHERE }, { address: LOUVRE }),
      ];
      expect(await provider.routes(journeys, routeFields, scope)).toEqual([null, null]);
    },
  },
  {
    id: 'MAPS-ROUTE-3',
    promise: 'supports every travel mode, and a selection without fields',
    async run(provider, scope) {
      const modes = ['DRIVE', 'WALK', 'BICYCLE', 'TRANSIT'] as const;
      const journeys = modes.map((mode) =>
        journey({ address: EIFFEL_TOWER }, { address: LOUVRE }, mode),
      );
      for (const route of await provider.routes(journeys, none, scope))
        expect(route).toBeInstanceOf(Object);
      expect(await provider.routes(journeys, none, scope)).not.toContainEqual(expect.any(Error));
    },
  },
  {
    id: 'MAPS-MATRIX-1',
    promise: 'returns a row per origin with a cell per destination, null if there is no route',
    async run(provider, scope) {
      const origins = [{ address: SYDNEY_OPERA }, { location: PARIS }, { address: EIFFEL_TOWER }];
      const destinations = [{ address: LOUVRE }, { address: EIFFEL_TOWER }];
      const rows = await provider.travelTimes(
        { origins, destinations, mode: 'DRIVE' },
        travelTimeFields,
        scope,
      );
      const some = { distance: expect.any(Number), duration: expect.any(Number) };
      expect(rows).toEqual([
        [null, null],
        [some, some],
        [some, some],
      ]);
      expect(rows[2]?.[1]).toMatchObject({ distance: 0 });
      expect(scope.trace.calls).toMatchObject([{ batchSize: 6 }]);
    },
  },
  {
    id: 'MAPS-MATRIX-2',
    promise: 'supports as many pairs as its capabilities declare',
    async run(provider, scope) {
      const { maxMatrixElements, maxNamedWaypoints } = provider.capabilities;
      for (const mode of ['DRIVE', 'TRANSIT'] as const) {
        const side = Math.floor(Math.sqrt(maxMatrixElements[mode]));
        const points = Array.from({ length: side }, () => ({ location: PARIS }));
        const rows = await provider.travelTimes(
          { origins: points, destinations: points, mode },
          travelTimeFields,
          scope,
        );
        expect(rows.flat()).toHaveLength(side * side);
        expect(rows.flat()).not.toContainEqual(expect.any(Error));
      }
      const named = Array.from({ length: maxNamedWaypoints - 1 }, () => ({
        address: EIFFEL_TOWER,
      }));
      const matrix = {
        origins: named,
        destinations: [{ address: LOUVRE }],
        mode: 'DRIVE',
      } as const;
      expect(await provider.travelTimes(matrix, travelTimeFields, scope)).toHaveLength(
        maxNamedWaypoints - 1,
      );
    },
  },
  {
    id: 'MAPS-PLACES-1',
    promise: 'finds places by text, those near a point first',
    async run(provider, scope) {
      const search = { text: 'coffee', near: SYDNEY };
      const { entries } = await provider.placesByText(
        search,
        { first: 1 },
        { place: placeFields, end: true },
        scope,
      );
      const place = entries[0]?.item as Place;
      expect(place).toMatchObject({
        id: expect.any(String),
        name: expect.any(String),
        formattedAddress: expect.stringContaining('Sydney'),
      });
      withinPercent(place.location?.longitude, 1, SYDNEY.longitude);
    },
  },
  {
    id: 'MAPS-PLACES-2',
    promise: 'reads the same list with any page size, without gaps or duplicates',
    async run(provider, scope) {
      const whole = (await read(provider, { first: 50 }, scope)).entries.map(({ item }) =>
        idOf(item),
      );
      expect(new Set(whole).size).toBe(50);
      for (const first of [7, 20, 33]) {
        const parts: string[] = [];
        for (let after: string | undefined; parts.length < 50;) {
          const page = await read(
            provider,
            { first, ...(after !== undefined && { after }) },
            scope,
            new Set(),
          );
          expect(page.entries.length).toBeLessThanOrEqual(first);
          parts.push(...page.entries.map(({ item }) => idOf(item)));
          after = page.entries.at(-1)?.position;
        }
        expect(parts.slice(0, 50)).toEqual(whole);
      }
    },
  },
  {
    id: 'MAPS-PLACES-3',
    promise: 'goes on after any position, not only the last',
    async run(provider, scope) {
      const { entries } = await read(provider, { first: 30 }, scope);
      const ids = entries.map(({ item }) => idOf(item));
      for (const index of [0, 18, 19, 20, 25]) {
        const next = await read(
          provider,
          { first: 3, after: entries[index]?.position ?? '' },
          scope,
        );
        expect(next.entries.map(({ item }) => idOf(item))).toEqual(ids.slice(index + 1, index + 4));
      }
    },
  },
  {
    id: 'MAPS-PLACES-4',
    promise: 'ends, says so, and makes no call more than it takes',
    async run(provider, scope) {
      const { maxPlaces, maxPlacesPageSize } = provider.capabilities;
      const all = await read(provider, { first: 100 }, scope);
      expect(all.hasNextPage).toBe(false);
      expect(all.entries.length).toBeLessThanOrEqual(maxPlaces);
      expect(scope.trace.calls).toHaveLength(Math.ceil(all.entries.length / maxPlacesPageSize));
    },
  },
  {
    id: 'MAPS-PLACES-5',
    promise: 'returns no places for a text without matches',
    async run(provider, scope) {
      const search = { text: NOWHERE, near: null };
      const page = await provider.placesByText(
        search,
        { first: 5 },
        { place: placeFields, end: true },
        scope,
      );
      expect(page).toEqual({ entries: [], hasNextPage: false });
    },
  },
  {
    id: 'MAPS-PLACES-6',
    promise: 'refuses an invalid cursor position as BAD_USER_INPUT',
    async run(provider, scope) {
      for (const after of ['', 'x', '{"skip":0,"token":"made up"}']) {
        await expect(read(provider, { first: 1, after }, scope)).rejects.toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      }
    },
  },
  {
    id: 'MAPS-IMAGE-1',
    promise: 'returns a map image of the surroundings of an address',
    async run(provider, scope) {
      const image = await provider.mapImage(
        { address: EIFFEL_TOWER, width: 64, height: 32, zoom: 14 },
        scope,
      );
      expect(image.contentType).toMatch(/^image\/(png|jpeg|gif|webp)$/);
      expect(image.body.byteLength).toBeGreaterThan(50);
      expect(image.maxAge).toBeGreaterThanOrEqual(0);
    },
  },
  {
    id: 'MAPS-DEADLINE-1',
    promise: 'makes no call after the deadline, and fails with UPSTREAM_TIMEOUT',
    async run(provider, { trace }) {
      const scope = { trace, signal: AbortSignal.abort() };
      const [place] = await provider.geocode([EIFFEL_TOWER], placeFields, scope);
      expect(place).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
      const matrix = {
        origins: [{ address: LOUVRE }],
        destinations: [{ address: LOUVRE }],
        mode: 'DRIVE',
      } as const;
      await expect(provider.travelTimes(matrix, travelTimeFields, scope)).rejects.toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
      });
    },
  },
];

export const createScope = (): RequestScope => ({
  signal: AbortSignal.timeout(20_000),
  trace: createCallTrace(),
});
