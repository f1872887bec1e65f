import { describe, expect, it } from '@jest/globals';
import {
  answersMatrix,
  answersPlaces,
  answersRoute,
  elementsFor,
  found,
  geocodes,
} from './google-responses.ts';
import { onlyMockedCalls } from './only-mocked.ts';
import { addresses, ofAddresses, startMaps } from './start-maps.ts';

onlyMockedCalls();

const origins = (body: Record<string, unknown>) =>
  (body['origins'] as { waypoint: { address: string } }[]).map(({ waypoint }) => waypoint.address);

describe('a request with repeated arguments', () => {
  it('geocodes an address once, with any repetitions, aliases and spaces', async () => {
    geocodes('1 Main St, Sydney');
    const { data, calls } = await startMaps().ask(
      `query ($of: [_Any!]!) {
        a: geocode(address: " 1 Main St,  Sydney") { id }
        b: geocode(address: "1 Main St,\\nSydney ") { location { latitude } }
        _entities(representations: $of) { ... on PostalAddress { place { precision } } }
      }`,
      addresses('1 Main St, Sydney', '1 Main St, Sydney'),
    );
    expect(data).toMatchObject({
      a: { id: 'ChIJP3Sa8ziYEmsRUKgyFmh9AQM' },
      b: { location: { latitude: -33.8688197 } },
      _entities: [{ place: { precision: 'APPROXIMATE' } }, { place: { precision: 'APPROXIMATE' } }],
    });
    expect(calls).toHaveLength(1);
  });

  it('loads the route of the same journey once', async () => {
    answersRoute({ routes: [{ distanceMeters: 5, duration: '2s' }] });
    const journey = 'from: { address: "A" }, to: { address: "B" }';
    const { data } = await startMaps().ask(
      `{ a: route(${journey}) { distance } b: route(${journey}, mode: DRIVE) { duration } }`,
    );
    expect(data).toEqual({ a: { distance: 5 }, b: { duration: 2 } });
  });

  it('searches for the same places once', async () => {
    answersPlaces({ places: [{ id: 'p1' }] });
    const { data } = await startMaps().ask(
      '{ a: places(text: "tea ") { nodes { id } } b: places(text: "tea") { nodes { id } } }',
    );
    expect(data).toEqual({ a: { nodes: [{ id: 'p1' }] }, b: { nodes: [{ id: 'p1' }] } });
  });

  it('loads travel times to the same destination by the same mode in one matrix', async () => {
    const driving = answersMatrix(elementsFor);
    const walking = answersMatrix(elementsFor);
    const { data, calls } = await startMaps().ask(
      ofAddresses(
        'travelTime(to: { address: "Depot" }) { duration distance } walk: travelTime(to: { address: "Depot" }, mode: WALK) { duration }',
      ),
      addresses('A', 'B', 'A', 'C'),
    );
    const sent = [...driving, ...walking].map(({ body }) => [
      body['travelMode'],
      origins(body),
      body['destinations'],
    ]);
    expect(sent).toEqual([
      ['DRIVE', ['A', 'B', 'C'], [{ waypoint: { address: 'Depot' } }]],
      ['WALK', ['A', 'B', 'C'], [{ waypoint: { address: 'Depot' } }]],
    ]);
    expect(calls.map(({ batchSize }) => batchSize)).toEqual([3, 3]);
    expect(data).toEqual({
      _entities: [
        { travelTime: { duration: 60, distance: 1000 }, walk: { duration: 60 } },
        { travelTime: { duration: 120, distance: 2000 }, walk: { duration: 120 } },
        { travelTime: { duration: 60, distance: 1000 }, walk: { duration: 60 } },
        { travelTime: { duration: 180, distance: 3000 }, walk: { duration: 180 } },
      ],
    });
  });

  it('splits travel times if a matrix would have more named places than the vendor accepts', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `${String(index)} Main St`);
    const batches = [answersMatrix(elementsFor), answersMatrix(elementsFor)];
    const { data, errors } = await startMaps().ask(
      ofAddresses('travelTime(to: { address: "Depot" }) { duration }'),
      addresses(...lines),
    );
    expect(errors).toEqual([]);
    expect(batches.flat().map(({ body }) => origins(body))).toEqual([
      lines.slice(0, 49),
      lines.slice(49),
    ]);
    const durations = (data?.['_entities'] as { travelTime: { duration: number } }[]).map(
      ({ travelTime }) => travelTime.duration,
    );
    expect(durations.slice(47, 51)).toEqual([48 * 60, 49 * 60, 60, 120]);
  });

  it('lets a failing batch of travel times fail alone', async () => {
    answersMatrix(elementsFor);
    answersMatrix(
      () => [{ error: { code: 503, message: 'secret words', status: 'UNAVAILABLE' } }],
      503,
    );
    const { data, errors } = await startMaps().ask(
      ofAddresses(
        'travelTime(to: { address: "Depot" }) { duration } other: travelTime(to: { placeId: "abc" }) { duration }',
      ),
      addresses('A'),
    );
    expect(data).toEqual({ _entities: [{ travelTime: { duration: 60 }, other: null }] });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE', path: '_entities.0.other' }]);
  });

  it('fails just the address whose geocoding fails', async () => {
    geocodes('Good');
    geocodes('Bad', 'oops', 500);
    const { data, errors } = await startMaps().ask(
      ofAddresses('place { id }'),
      addresses('Bad', 'Good'),
    );
    expect(data).toEqual({
      _entities: [{ place: null }, { place: { id: found().results[0]?.place_id } }],
    });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE', path: '_entities.0.place' }]);
  });
});
