import { describe, it } from '@jest/globals';
import { ownResources } from '../../../test-resources.ts';
import { createGoogleProvider } from '../../../../../subgraphs/maps/providers/google/google-provider.ts';
import type { MapsProvider } from '../../../../../subgraphs/maps/provider.ts';
import { scopeOf, serve } from '../../../../upstream/loopback.ts';
import { Credential } from '../../../../../upstream/credential.ts';
import {
  expectNotUnderstood,
  outcomeOf,
  invalidLists,
} from '../../../../upstream/invalid-responses.ts';

const point = { location: { latitude: 1, longitude: 2 } };
const everything = { place: new Set(['location']), end: true };
const distance = new Set(['distance']);

const READS: readonly (readonly [string, string, (provider: MapsProvider) => Promise<unknown>])[] =
  [
    [
      'an address',
      'results',
      async (provider) => (await provider.geocode(['Ulm'], new Set(), scopeOf()))[0],
    ],
    [
      'a time zone',
      'timeZoneId',
      async (provider) => (await provider.timeZones([point.location], scopeOf()))[0],
    ],
    [
      'a route',
      'routes',
      async (provider) =>
        (
          await provider.routes([{ from: point, to: point, mode: 'DRIVE' }], distance, scopeOf())
        )[0],
    ],
    [
      'a matrix',
      'error',
      (provider) =>
        provider.travelTimes(
          { origins: [point], destinations: [point], mode: 'DRIVE' },
          distance,
          scopeOf(),
        ),
    ],
    [
      'places',
      'places',
      (provider) =>
        provider.placesByText({ text: 'ice', near: null }, { first: 1 }, everything, scopeOf()),
    ],
  ];

async function ask(
  text: string,
  read: (provider: MapsProvider) => Promise<unknown>,
): Promise<unknown> {
  await using server = await serve((_request, response) => response.end(text));
  const { baseUrl } = server;
  const provider = createGoogleProvider(
    {
      apiKey: new Credential('test'),
      geocodingBaseUrl: baseUrl,
      routesBaseUrl: baseUrl,
      placesBaseUrl: baseUrl,
      rateLimit: null,
    },
    ownResources(),
  );
  const outcome = await outcomeOf(read(provider));
  await provider.close();
  return outcome;
}

describe.each(READS)(
  'an invalid response to a request for %s is UPSTREAM_CONTRACT and costs little',
  (_what, list, read) => {
    // Routes and Places leave out an empty list.
    const isRight = (answer: string) =>
      answer === 'objects within objects' && (list === 'routes' || list === 'places');
    it.each(invalidLists(list).filter(([answer]) => !isRight(answer)))(
      '%s',
      async (_answer, text) => {
        expectNotUnderstood(await ask(text, read));
      },
    );
  },
);

describe('a matrix', () => {
  it.each([
    ['of wrong durations', Array.from({ length: 600 }, () => ({ duration: 'soon' }))],
    ['of wrong errors', Array.from({ length: 200_000 }, () => ({ error: 1 }))],
    ['that is too long', Array.from({ length: 200_000 }, () => ({}))],
  ])('%s is UPSTREAM_CONTRACT', async (_what, body) => {
    expectNotUnderstood(
      await ask(JSON.stringify(body), (provider) =>
        provider.travelTimes(
          { origins: [point], destinations: [point], mode: 'DRIVE' },
          distance,
          scopeOf(),
        ),
      ),
    );
  });
});
