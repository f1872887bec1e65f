import type {
  SandboxVendor,
  SandboxVendorRequest,
  SandboxVendorResponse,
} from '../sandbox-vendor.ts';
import type { World } from '../world/world.ts';
import { activeAlerts } from './nws-alerts.ts';
import { halfDayForecast, hourlyForecast } from './nws-forecasts.ts';
import { gridPointOf, nearestInUsa, pointOf } from './nws-grid.ts';
import { ACCESS_DENIED, badParameter, noData, notFound, problem } from './nws-problems.ts';

/** The API of the National Weather Service of the USA: https://www.weather.gov/documentation/services-web-api. */
export function createNwsSandboxVendor(world: World, now: () => number = Date.now): SandboxVendor {
  return {
    vendor: 'nws',
    answer: (request) => {
      if ((request.headers['user-agent'] ?? '') === '') return ACCESS_DENIED;
      const route = ROUTES.find(({ path }) => path.test(request.path));
      const found = route?.path.exec(decode(request.path));
      return route === undefined || found == null || request.method !== 'GET'
        ? notFound(request.path)
        : route.answer({ world, now: now(), request, found });
    },
    failure: (status) =>
      status === 500
        ? problem(
            500,
            'UnexpectedProblem',
            'Unexpected Problem',
            'An unexpected problem has occurred.',
          )
        : problem(429, 'TooManyRequests', 'Too Many Requests', 'Rate limit exceeded.'),
  };
}

interface Visit {
  readonly world: World;
  readonly now: number;
  readonly request: SandboxVendorRequest;
  readonly found: RegExpExecArray;
}

interface Route {
  /** Of the encoded path: a comma may be `%2C`. */
  readonly path: RegExp;
  readonly answer: (visit: Visit) => SandboxVendorResponse;
}

const ROUTES: readonly Route[] = [
  { path: /^\/points\/([^/,%]+)(?:,|%2C)([^/,%]+)$/i, answer: readPoint },
  {
    path: /^\/gridpoints\/([A-Z]{3})\/(\d+)(?:,|%2C)(\d+)\/forecast(\/hourly)?$/,
    answer: readForecast,
  },
  { path: /^\/alerts\/active$/, answer: readAlerts },
];

function readPoint({ world, now, found }: Visit): SandboxVendorResponse {
  const [, latitude = '', longitude = ''] = found;
  const point = `${latitude},${longitude}`;
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return badParameter('point');
  const rounded = `${shorten(latitude)},${shorten(longitude)}`;
  if (rounded !== point)
    return problem(
      301,
      'AdjustPointPrecision',
      'Adjusting Precision Of Point Coordinate',
      'The precision of latitude/longitude points is limited to 4 decimal digits for efficiency.',
      { location: `/points/${rounded}` },
    );
  const address = nearestInUsa(world, Number(latitude), Number(longitude));
  if (address === undefined) return noData(point);
  const { office, x, y } = gridPointOf(address, Number(latitude), Number(longitude));
  const id = `https://api.weather.gov/points/${point}`;
  const grid = `https://api.weather.gov/gridpoints/${office}/${String(x)},${String(y)}`;
  return geoJson(
    {
      id,
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [Number(longitude), Number(latitude)] },
      properties: {
        '@id': id,
        '@type': 'wx:Point',
        cwa: office,
        type: 'land',
        forecastOffice: `https://api.weather.gov/offices/${office}`,
        gridId: office,
        gridX: x,
        gridY: y,
        forecast: `${grid}/forecast`,
        forecastHourly: `${grid}/forecast/hourly`,
        forecastGridData: grid,
        observationStations: `${grid}/stations`,
        relativeLocation: {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [address.longitude, address.latitude] },
          properties: {
            city: address.city,
            state: address.region,
            distance: { unitCode: 'wmoUnit:m', value: 1200.5 },
            bearing: { unitCode: 'wmoUnit:degree_(angle)', value: 90 },
          },
        },
        timeZone: address.timeZone,
        radarStation: `K${office}`,
        astronomicalData: sunOf(now),
      },
    },
    86_400,
  );
}

/** At any place the same: nothing reads it. */
function sunOf(now: number) {
  const day = new Date(now).toISOString().slice(0, 10);
  return Object.fromEntries(
    [
      'sunrise',
      'sunset',
      'transit',
      'civilTwilightBegin',
      'civilTwilightEnd',
      'nauticalTwilightBegin',
      'nauticalTwilightEnd',
      'astronomicalTwilightBegin',
      'astronomicalTwilightEnd',
    ].map((name, index) => [name, `${day}T${String(index + 10)}:00:00+00:00`]),
  );
}

function readForecast({ world, now, request, found }: Visit): SandboxVendorResponse {
  const [, office = '', x, y, hourly] = found;
  const units = request.query.get('units') ?? 'us';
  if (units !== 'us' && units !== 'si') return badParameter('units');
  const area = pointOf(world, { office, x: Number(x), y: Number(y) });
  if (area === undefined) return notFound(request.path);
  const read = hourly === undefined ? halfDayForecast : hourlyForecast;
  return geoJson(read(area, units === 'si', now), 3_600);
}

function readAlerts({ world, now, request }: Visit): SandboxVendorResponse {
  const [latitude = '', longitude = ''] = (request.query.get('point') ?? '').split(',');
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return badParameter('point');
  const address = nearestInUsa(world, Number(latitude), Number(longitude));
  return address === undefined ? badParameter('point') : geoJson(activeAlerts(address, now), 30);
}

const geoJson = (body: object, maxAge: number): SandboxVendorResponse => ({
  status: 200,
  headers: {
    'content-type': 'application/geo+json',
    'cache-control': `public, max-age=${String(maxAge)}, s-maxage=${String(maxAge)}`,
  },
  body,
});

const isDegrees = (text: string, most: number) =>
  /^-?\d{1,3}(?:\.\d+)?$/.test(text) && Math.abs(Number(text)) <= most;

/** At most four digits behind the point, and no zeros at the end. */
const shorten = (text: string) => String(Number(Number(text).toFixed(4)));

/** Broken percent-encoding names nothing. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
