import { expect, it } from '@jest/globals';
import { createMetnoSandboxVendor } from '../../sandbox/metno/metno-sandbox-vendor.ts';
import { createNwsSandboxVendor } from '../../sandbox/nws/nws-sandbox-vendor.ts';
import type { SandboxVendor } from '../../sandbox/sandbox-vendor.ts';
import { buildWorld } from '../../sandbox/world/world.ts';
import { shapeDifferences } from './json-shape.ts';
import { describeRecorded, readRecorded } from './recorded.ts';

const world = buildWorld();
const usa = world.addresses.filter(({ countryCode }) => countryCode === 'US');
const nws = createNwsSandboxVendor(world);
const metno = createMetnoSandboxVendor();

function answer(vendor: SandboxVendor, url: string): unknown {
  const [path = '', query = ''] = url.split('?');
  const { status, body } = vendor.answer({
    method: 'GET',
    path,
    query: new URLSearchParams(query),
    headers: { 'user-agent': 'test (ops@example.com)' },
    body: '',
  });
  expect([url, status]).toEqual([url, 200]);
  return body;
}

const points = usa.map(({ latitude, longitude }) => `${String(latitude)},${String(longitude)}`);
const gridPoints = () =>
  points.map((point) => {
    // A cast: what the vendor answers to points.
    const { properties } = answer(nws, `/points/${point}`) as { properties: { forecast: string } };
    return new URL(properties.forecast).pathname.replace('/forecast', '');
  });

const recordedNws = (path: RegExp) =>
  (readRecorded('weather/nws.json') as { path: string; body: object }[])
    .filter((exchange) => path.test(exchange.path))
    // What the recorder added.
    .map(({ body }) =>
      Object.fromEntries(Object.entries(body).filter(([key]) => key !== '@bundle')),
    );

const LEFT_OUT = 'is left out: nothing reads it';

describeRecorded('the response shapes of the weather sandbox vendors match the recordings', () => {
  it('for points of the National Weather Service', () => {
    const answered = points.map((point) => answer(nws, `/points/${point}`));
    const meant = {
      '@context': LEFT_OUT,
      geometry: LEFT_OUT,
      'properties.forecastZone': LEFT_OUT,
    };
    expect(shapeDifferences(answered, recordedNws(/^\/points/), { meant })).toEqual([]);
  });

  it('for hourly forecasts of the National Weather Service', () => {
    const answered = gridPoints().map((grid) => answer(nws, `${grid}/forecast/hourly`));
    const meant = { '@context': LEFT_OUT, geometry: LEFT_OUT };
    expect(shapeDifferences(answered, recordedNws(/hourly$/), { meant })).toEqual([]);
  });

  it('for half days of the National Weather Service', () => {
    const answered = gridPoints().map((grid) => answer(nws, `${grid}/forecast`));
    const meant = { '@context': LEFT_OUT, geometry: LEFT_OUT };
    expect(shapeDifferences(answered, recordedNws(/forecast$/), { meant })).toEqual([]);
  });

  it('for alerts of the National Weather Service', () => {
    const answered = points.map((point) => answer(nws, `/alerts/active?point=${point}`));
    const meant = { '@context': LEFT_OUT };
    expect(shapeDifferences(answered, recordedNws(/^\/alerts/), { meant })).toEqual([]);
  });

  it('for forecasts of MET Norway', () => {
    const recorded = Object.entries(
      readRecorded('weather/metno.json') as Record<string, { data: object }>,
    );
    for (const kind of ['compact', 'complete']) {
      const answered = [
        answer(metno, `/weatherapi/locationforecast/2.0/${kind}?lat=51.5&lon=-0.1`),
      ];
      const bodies = recorded.filter(([name]) => name.includes(kind)).map(([, { data }]) => data);
      expect(shapeDifferences(answered, bodies)).toEqual([]);
    }
  });
});
