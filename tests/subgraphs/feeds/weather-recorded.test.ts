import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeRecorded, readRecorded } from '../../sandbox/recorded.ts';
import { type Api, type ApiResponse, startApi } from '../connect/start-api.ts';
import { type Loose, startWeather } from './start-weather.ts';

interface Exchange {
  readonly path: string;
  readonly body: unknown;
}

/** Some of the recorded times are text for a test server, such as `2026-07-15T20:00:00+00:00 -1 hour`, or lack a colon. */
const withTimes = (body: unknown) =>
  JSON.parse(
    JSON.stringify(body)
      .replace(/"(?:2026-07-15T20:00:00\+00:00|da(?:te|y):)[^"]*"/g, '"2026-07-15T20:00:00+00:00"')
      .replace(/(T[\d:]{8}[+-]\d\d)(\d\d")/g, '$1:$2'),
  ) as unknown;

/** Bodies of the National Weather Service by the names under which they were recorded. */
function nwsBodies(kind: RegExp): readonly (readonly [string, unknown])[] {
  const exchanges = (readRecorded('weather/nws.json') as readonly Exchange[]).map(
    ({ path, body }) => [path, body] as const,
  );
  // Older ones with the hard cases: nulls, text for numbers, other units.
  const others = Object.entries(readRecorded('weather/pynws.json') as object) as [
    string,
    unknown,
  ][];
  return [...exchanges, ...others]
    .filter(([name]) => kind.test(name))
    .map(([name, body]) => [name, withTimes(body)] as const);
}

const NO_PERIODS = { properties: { periods: [] } };
const NO_HOURS = { properties: { meta: {}, timeseries: [] } };
const GRID = { properties: { gridId: 'TST', gridX: 1, gridY: 2 } };

let bodies: Readonly<Record<string, unknown>> = {};
let api: Api;
let graph: ReturnType<typeof startWeather>;
beforeAll(async () => {
  api = await startApi(({ path }): ApiResponse => {
    const found = Object.entries(bodies).find(([end]) => path.split('?')[0]?.endsWith(end));
    if (found !== undefined) return { body: found[1] };
    return path.startsWith('/points/') ? { body: GRID } : { status: 404 };
  });
  graph = startWeather({ nws: api.url, metno: api.url }, [[40.7, -74]]);
});
afterAll(async () => {
  await graph.close();
  await api[Symbol.asyncDispose]();
});

/** The weather of one place, where the APIs answer with these bodies by the ends of their paths. */
async function weatherOf(answers: typeof bodies, fields: string) {
  bodies = answers;
  const before = api.requests.length;
  const { data, errors } = await graph.run(`{ places { ${fields} } }`);
  const { places } = data as Loose;
  return { place: places[0], errors, paths: api.requests.slice(before).map(({ path }) => path) };
}

const HOURS =
  'hourly { startsAt temperature relativeHumidity precipitationProbability precipitation windSpeed windDirection condition summary }';

const isNumberIn = (value: unknown, min: number, max: number) =>
  value === null || (typeof value === 'number' && value >= min && value <= max);

function expectHour(hour: Loose) {
  expect(hour.startsAt).toMatch(/^\d{4}-/);
  expect([
    isNumberIn(hour.temperature, -50, 50),
    isNumberIn(hour.relativeHumidity, 0, 100),
    isNumberIn(hour.precipitationProbability, 0, 100),
    isNumberIn(hour.precipitation, 0, 100),
    isNumberIn(hour.windSpeed, 0, 200),
    isNumberIn(hour.windDirection, 0, 360),
  ]).toEqual([true, true, true, true, true, true]);
  expect(hour.condition).not.toBe('UNKNOWN');
}

describeRecorded('the weather feed reads the recorded responses of the APIs', () => {
  it('points of the National Weather Service', async () => {
    const recorded = nwsBodies(/^\/?points/);
    expect(recorded.length).toBeGreaterThanOrEqual(34);
    for (const [name, body] of recorded) {
      const { gridId, gridX, gridY } = (body as Loose).properties;
      const { errors, paths } = await weatherOf(
        { '40.7,-74': body, hourly: NO_PERIODS, complete: NO_HOURS },
        'forecast { source }',
      );
      expect([name, errors?.[0]]).toEqual([name, undefined]);
      if (gridId != null && gridX != null)
        expect(paths[1]).toBe(
          `/gridpoints/${String(gridId)}/${String(gridX)},${String(gridY)}/forecast/hourly?units=si`,
        );
    }
  });

  it('hourly forecasts of the National Weather Service', async () => {
    const recorded = nwsBodies(/forecast[_/]hourly/);
    expect(recorded).toHaveLength(6);
    for (const [name, body] of recorded) {
      const { place, errors } = await weatherOf({ hourly: body }, `forecast { ${HOURS} }`);
      expect([name, errors?.[0]]).toEqual([name, undefined]);
      const isEmpty = name.includes('empty');
      expect([name, place.forecast.hourly.length > 0]).toEqual([name, !isEmpty]);
      for (const hour of place.forecast.hourly) expectHour(hour);
      if (isEmpty) continue;
      expect(place.forecast.hourly[0].temperature).not.toBeNull();
      expect(place.forecast.hourly[0].windSpeed).not.toBeNull();
    }
  });

  it('forecasts of half days of the National Weather Service, also with text for numbers and relative icons', async () => {
    const recorded = nwsBodies(/forecast$|gridpoints_forecast_(?!hourly)/);
    expect(recorded.length).toBeGreaterThanOrEqual(14);
    for (const [name, body] of recorded) {
      const { place, errors } = await weatherOf(
        { hourly: NO_PERIODS, forecast: body },
        'forecast { periods { name startsAt endsAt isDaytime temperature summary description } }',
      );
      expect([name, errors?.[0]]).toEqual([name, undefined]);
      // One of them has -350 degrees Fahrenheit.
      for (const period of place.forecast.periods)
        expect([name, isNumberIn(period.temperature, -250, 250)]).toEqual([name, true]);
      expect([name, place.forecast.periods.length > 0]).toEqual([name, !name.includes('empty')]);
    }
  });

  it('alerts of the National Weather Service', async () => {
    const recorded = nwsBodies(/alerts/);
    expect(recorded.length).toBeGreaterThanOrEqual(5);
    for (const [name, body] of recorded) {
      const { place, errors } = await weatherOf(
        { active: body },
        'alerts { id event headline description instruction severity area issuedBy startsAt endsAt }',
      );
      expect([name, errors?.[0]]).toEqual([name, undefined]);
      expect(place.alerts).toHaveLength((body as Loose).features.length);
      for (const { severity } of place.alerts)
        expect(severity).toMatch(/^(EXTREME|SEVERE|MODERATE|MINOR|UNKNOWN)$/);
    }
  });

  it('forecasts of MET Norway', async () => {
    const recorded = Object.entries(readRecorded('weather/metno.json') as object);
    expect(recorded).toHaveLength(3);
    for (const [name, { data }] of recorded as [string, { data: Loose }][]) {
      const { place, errors } = await weatherOf(
        { '40.7,-74': { properties: { gridId: null } }, complete: data },
        `forecast { source updatedAt ${HOURS} }`,
      );
      expect([name, errors?.[0]]).toEqual([name, undefined]);
      expect(place.forecast.source).toBe('MET_NORWAY');
      expect(place.forecast.hourly.length).toBeGreaterThan(30);
      for (const hour of place.forecast.hourly) expectHour(hour);
      const [first] = data.properties.timeseries;
      expect(place.forecast.hourly[0]).toMatchObject({
        temperature: first.data.instant.details.air_temperature,
        precipitation: first.data.next_1_hours.details.precipitation_amount,
      });
    }
  });
});
