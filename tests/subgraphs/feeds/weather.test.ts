import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { startApi } from '../connect/start-api.ts';
import { type Loose, startWeather } from './start-weather.ts';

const PARIS = [48.8584, 2.2945] as const;
const NEW_YORK = [40.7484, -73.9857] as const;

const HOURS = `hourly { startsAt temperature relativeHumidity precipitationProbability precipitation windSpeed windDirection condition summary }`;

let sandbox: Sandbox<'nws' | 'metno'>;
beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['nws', 'metno'] });
});
afterAll(() => sandbox.close());

let from = 0;
beforeEach(() => {
  sandbox.nws.fault = null;
  sandbox.metno.fault = null;
  from = performance.now();
});

const start = (...points: readonly (readonly [number, number])[]) =>
  startWeather({ nws: sandbox.nws.baseUrl, metno: sandbox.metno.baseUrl }, points);

/** The calls of a test: paths, sorted. */
const callsTo = (vendor: 'nws' | 'metno') =>
  sandbox[vendor].requests
    .filter(({ startedAt }) => startedAt >= from)
    .map(({ path }) => path)
    .sort();

describe('the weather of a place', () => {
  it('in the USA is from the National Weather Service, with texts for half days and alerts', async () => {
    const graph = start(NEW_YORK);
    const { data, errors } = await graph.run(
      `{ places { forecast { source attribution updatedAt ${HOURS} periods { name startsAt endsAt isDaytime temperature summary description } }
         alerts { id event headline description severity area issuedBy startsAt endsAt } } }`,
    );
    await graph.close();
    expect(errors).toBeUndefined();
    const [{ forecast, alerts }] = (data as Loose).places;
    expect(forecast).toMatchObject({
      source: 'NWS',
      attribution: 'Data: National Weather Service, USA, public domain',
    });
    expect(forecast.hourly).toHaveLength(48);
    expect(forecast.hourly[0]).toEqual({
      startsAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:00:00/),
      temperature: expect.any(Number),
      relativeHumidity: expect.any(Number),
      precipitationProbability: expect.any(Number),
      precipitation: null,
      windSpeed: expect.any(Number),
      windDirection: expect.any(Number),
      condition: expect.stringMatching(/^[A-Z_]+$/),
      summary: expect.any(String),
    });
    expect(forecast.periods).toHaveLength(14);
    expect(alerts).toEqual(expect.any(Array));
    expect(callsTo('nws')).toEqual([
      '/alerts/active',
      '/gridpoints/OKX/50,50/forecast',
      '/gridpoints/OKX/50,50/forecast/hourly',
      '/points/40.7484,-73.9857',
    ]);
    expect(callsTo('metno')).toEqual([]);
  });

  it('elsewhere is from MET Norway, without half days and alerts', async () => {
    const graph = start(PARIS);
    const { data, errors } = await graph.run(
      `{ places { forecast { source attribution ${HOURS} periods { name } } alerts { id } } }`,
    );
    await graph.close();
    expect(errors).toBeUndefined();
    const [{ forecast, alerts }] = (data as Loose).places;
    expect(forecast).toMatchObject({
      source: 'MET_NORWAY',
      attribution: 'Data: MET Norway, CC BY 4.0',
      periods: null,
    });
    expect(forecast.hourly).toHaveLength(48);
    expect(forecast.hourly[0]).toMatchObject({
      temperature: expect.any(Number),
      precipitation: expect.any(Number),
      condition: expect.stringMatching(/^[A-Z_]+$/),
      summary: null,
    });
    expect(alerts).toBeNull();
    expect(callsTo('nws')).toEqual(['/points/48.8584,2.2945']);
    expect(callsTo('metno')).toEqual(['/weatherapi/locationforecast/2.0/complete']);
  });

  it('is loaded once for several places at the same point', async () => {
    const graph = start(PARIS, NEW_YORK, PARIS, NEW_YORK);
    const { errors } = await graph.run(`{ places { forecast { ${HOURS} } alerts { id } } }`);
    await graph.close();
    expect(errors).toBeUndefined();
    expect([callsTo('nws').length, callsTo('metno').length]).toEqual([4, 1]);
  });

  it.each([
    [[40.74844, -73.98566], '/points/40.7484,-73.9857'],
    [[40.70000001, -74], '/points/40.7,-74'],
    [[-33.85684999, 151.21534], '/points/-33.8568,151.2153'],
    [[0, -0.00004], '/points/0,0'],
    [[51.00004, -0.00006], '/points/51,-0.0001'],
    [[-89.99999, 179.99999], '/points/-90,180'],
  ] as const)('at %j is requested with four digits: %s', async (point, path) => {
    const graph = start(point);
    const { errors } = await graph.run('{ places { forecast { source } } }');
    await graph.close();
    expect(errors).toBeUndefined();
    expect(callsTo('nws')).toContain(path);
  });

  it.each([
    ['nws', '503', 'New York', NEW_YORK, 'UPSTREAM_UNAVAILABLE'],
    ['nws', '429', 'New York', NEW_YORK, 'UPSTREAM_RATE_LIMITED'],
    ['nws', '503', 'Paris', PARIS, 'UPSTREAM_UNAVAILABLE'],
    ['metno', '429', 'Paris', PARIS, 'UPSTREAM_RATE_LIMITED'],
    ['metno', 'garbage', 'Paris', PARIS, 'UPSTREAM_CONTRACT'],
  ] as const)(
    'while %s fails with %s, is an error of its own field: %s',
    async (vendor, fault, _city, point, code) => {
      sandbox[vendor].fault = fault;
      const graph = start(point);
      const { data, errors } = await graph.run(
        '{ places { location { latitude } forecast { source } } }',
      );
      await graph.close();
      expect(data).toEqual({ places: [{ location: { latitude: point[0] }, forecast: null }] });
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
    },
  );
});

describe('the requests of the weather feed', () => {
  it("identify the program and the operator's contact", async () => {
    await using api = await startApi(() => ({ status: 404 }));
    const graph = startWeather({ nws: api.url, metno: api.url }, [PARIS]);
    await graph.run('{ places { forecast { source } } }');
    await graph.close();
    expect(
      api.requests.map(({ path, headers }) => [path.split('?')[0], headers['user-agent']]),
    ).toEqual([
      ['/points/48.8584,2.2945', 'Tributary (ops@example.com)'],
      ['/weatherapi/locationforecast/2.0/complete', 'Tributary (ops@example.com)'],
    ]);
  });

  it('do not follow a redirect', async () => {
    await using api = await startApi(() => ({ status: 301, headers: { location: '/points/1,1' } }));
    const graph = startWeather({ nws: api.url, metno: api.url }, [PARIS]);
    const { errors } = await graph.run('{ places { forecast { source } } }');
    await graph.close();
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_CONTRACT');
    expect(api.requests).toHaveLength(1);
  });

  it('go to MET Norway for a point whose square the National Weather Service does not know', async () => {
    await using api = await startApi(({ path }) =>
      path.startsWith('/points/')
        ? { body: { properties: { gridId: 'AFC', gridX: null, gridY: null } } }
        : { body: { properties: { meta: {}, timeseries: [] } } },
    );
    const graph = startWeather({ nws: api.url, metno: api.url }, [[61.3142, -149.4848]]);
    const { data } = await graph.run('{ places { forecast { source hourly { startsAt } } } }');
    await graph.close();
    expect(data).toEqual({ places: [{ forecast: { source: 'MET_NORWAY', hourly: [] } }] });
  });
});
