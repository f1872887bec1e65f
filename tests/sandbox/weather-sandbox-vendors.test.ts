import { describe, expect, it } from '@jest/globals';
import { createMetnoSandboxVendor } from '../../sandbox/metno/metno-sandbox-vendor.ts';
import { createNwsSandboxVendor } from '../../sandbox/nws/nws-sandbox-vendor.ts';
import type { SandboxVendor } from '../../sandbox/sandbox-vendor.ts';
import { buildWorld } from '../../sandbox/world/world.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const nws = createNwsSandboxVendor(buildWorld(), () => NOON);
const metno = createMetnoSandboxVendor(() => NOON);
const CALLER = { 'user-agent': 'Tributary (ops@example.com)' };

function get(vendor: SandboxVendor, url: string, headers: Record<string, string> = CALLER) {
  const [path = '', query = ''] = url.split('?');
  return vendor.answer({
    method: 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: '',
  });
}

const FORECAST = '/weatherapi/locationforecast/2.0/complete';

describe('the sandbox vendor of the National Weather Service', () => {
  it.each([
    ['a point outside of the USA', '/points/48.8584,2.2945', 404],
    ['a point with more than four digits', '/points/40.74841,-73.9857', 301],
    ['a point with a zero at the end', '/points/40.7480,-73.9857', 301],
    ['a point that is none', '/points/91,0', 400],
    ['an office that is none', '/gridpoints/XXX/1,1/forecast', 404],
    ['units that are none', '/gridpoints/OKX/50,50/forecast?units=metric', 400],
    ['alerts without a point', '/alerts/active', 400],
    ['a path that is none', '/forecasts', 404],
  ])('refuses %s with problem details', (_title, url, status) => {
    const response = get(nws, url);
    expect(response).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: { status, title: expect.any(String), type: expect.any(String) },
    });
  });

  it('redirects a point with too many digits to the rounded point', () => {
    expect(get(nws, '/points/40.748441,-73.985664').headers).toMatchObject({
      location: '/points/40.7484,-73.9857',
    });
  });

  it('refuses callers without a User-Agent', () => {
    expect(get(nws, '/points/40.7484,-73.9857', {}).status).toBe(403);
  });

  it('has the same weather each time, in US units by default', () => {
    const [us, si, again] = ['us', 'si', 'si'].map(
      (units) => get(nws, `/gridpoints/OKX/50,50/forecast/hourly?units=${units}`).body,
    );
    expect(us).toMatchObject({
      properties: {
        periods: expect.arrayContaining([
          expect.objectContaining({
            temperatureUnit: 'F',
            windSpeed: expect.stringMatching(/mph$/),
          }),
        ]),
      },
    });
    expect(si).toMatchObject({
      properties: {
        periods: expect.arrayContaining([
          expect.objectContaining({
            temperatureUnit: 'C',
            windSpeed: expect.stringMatching(/km\/h$/),
          }),
        ]),
      },
    });
    expect(again).toEqual(si);
  });
});

describe('the sandbox vendor of MET Norway', () => {
  it.each([
    ['callers that do not say who they are', `${FORECAST}?lat=59.9&lon=10.7`, {}, 403],
    ['callers without a contact', `${FORECAST}?lat=59.9&lon=10.7`, { 'user-agent': 'node' }, 403],
    ['coordinates with five digits', `${FORECAST}?lat=59.91234&lon=10.7`, CALLER, 403],
    ['a latitude that is none', `${FORECAST}?lat=91&lon=10.7`, CALLER, 400],
    ['a missing longitude', `${FORECAST}?lat=59.9`, CALLER, 400],
    ['a path that is none', '/weatherapi/other', CALLER, 404],
  ])('refuses %s', (_title, url, headers, status) => {
    expect(get(metno, url, headers).status).toBe(status);
  });

  it('returns when a forecast expires, and 304 to a caller that has it', () => {
    const { headers = {} } = get(metno, `${FORECAST}?lat=59.9&lon=10.7`);
    expect(headers).toMatchObject({
      expires: 'Sun, 01 Mar 2026 12:30:00 GMT',
      'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT',
    });
    const again = { ...CALLER, 'if-modified-since': headers['last-modified'] ?? '' };
    expect(get(metno, `${FORECAST}?lat=59.9&lon=10.7`, again)).toEqual({ status: 304, headers });
  });
});
