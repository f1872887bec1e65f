import { describe, expect, it } from '@jest/globals';
import { onlyMockedCalls } from './only-mocked.ts';
import { addresses, ofAddresses, startMaps } from './start-maps.ts';

onlyMockedCalls();

const many = (count: number, place: string) =>
  `[${Array.from({ length: count }, () => place).join(', ')}]`;
const point = '{ location: { latitude: 1, longitude: 2 } }';
const named = '{ placeId: "abc" }';
const long = 'x'.repeat(501);

describe('an invalid argument is refused before any call', () => {
  it.each([
    ['geocode(address: "  ") { id }', 'address must have 1 to 500 characters, but it is empty.'],
    [
      `geocode(address: "${long}") { id }`,
      'address must have 1 to 500 characters, but it has 501.',
    ],
    ['places(text: "") { nodes { id } }', 'text must have 1 to 500 characters, but it is empty.'],
    [
      'places(text: "tea", first: 0) { nodes { id } }',
      'first must be an integer from 1 to 100, but got 0.',
    ],
    [
      'places(text: "tea", first: 101) { nodes { id } }',
      'first must be an integer from 1 to 100, but got 101.',
    ],
    [
      'places(text: "tea", after: "x") { nodes { id } }',
      'after must be a cursor from this graph, but it is not one.',
    ],
    [
      `route(from: {}, to: ${point}) { distance }`,
      'from must have exactly one of address, location and placeId, but has none.',
    ],
    [
      `route(from: ${point}, to: { address: "A", placeId: "b" }) { distance }`,
      'to must have exactly one of address, location and placeId, but has address and placeId.',
    ],
    [
      `route(from: { address: "" }, to: ${point}) { distance }`,
      'from.address must have 1 to 500 characters, but it is empty.',
    ],
    ...['a/b', '..', '', 'x'.repeat(301)].map((id) => [
      `route(from: { placeId: "${id}" }, to: ${point}) { distance }`,
      'from.placeId must be the id of a place: 1 to 300 letters, digits, "-" and "_".',
    ]),
    [
      `travelTimes(origins: [], destinations: [${point}]) { duration }`,
      'origins and destinations must make 1 to 625 pairs by DRIVE, but got 0 origins and 1 destinations.',
    ],
    [
      `travelTimes(origins: ${many(26, point)}, destinations: ${many(25, point)}) { duration }`,
      'origins and destinations must make 1 to 625 pairs by DRIVE, but got 26 origins and 25 destinations.',
    ],
    [
      `travelTimes(origins: ${many(11, point)}, destinations: ${many(10, point)}, mode: TRANSIT) { duration }`,
      'origins and destinations must make 1 to 100 pairs by TRANSIT, but got 11 origins and 10 destinations.',
    ],
    [
      `travelTimes(origins: ${many(50, named)}, destinations: [${named}]) { duration }`,
      'At most 50 origins and destinations may be given by address or placeId, but got 51. Give others by location.',
    ],
    [
      `travelTimes(origins: [${point}, {}], destinations: [${named}]) { duration }`,
      'origins[1] must have exactly one of address, location and placeId, but has none.',
    ],
  ])('%.90s', async (field, message) => {
    const { errors, calls } = await startMaps().ask(`{ it: ${field} }`);
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message, path: 'it' }]);
    expect(calls).toEqual([]);
  });

  it.each([
    ['map(width: 0) { path }', 'width must be an integer from 1 to 640, but got 0.'],
    ['map(height: 641) { path }', 'height must be an integer from 1 to 640, but got 641.'],
    ['map(zoom: 22) { path }', 'zoom must be an integer from 0 to 21, but got 22.'],
    [
      'travelTime(to: {}) { distance }',
      'to must have exactly one of address, location and placeId, but has none.',
    ],
  ])('%s', async (field, message) => {
    const { errors, calls } = await startMaps().ask(ofAddresses(`it: ${field}`), addresses('A'));
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message, path: '_entities.0.it' }]);
    expect(calls).toEqual([]);
  });

  it('latitudes and longitudes have bounds', async () => {
    const ask = (location: string) =>
      startMaps().ask(`{ reverseGeocode(location: ${location}) { id } }`);
    await expect(ask('{ latitude: 90.1, longitude: 0 }')).rejects.toThrow('latitude');
    await expect(ask('{ latitude: 0, longitude: -180.1 }')).rejects.toThrow('longitude');
  });
});
