import type {
  SandboxVendor,
  SandboxVendorRequest,
  SandboxVendorResponse,
} from '../sandbox-vendor.ts';
import { hourOf, hoursFrom, isoSeconds, weatherAt, type WorldWeather } from '../world/weather.ts';

/** The forecasts of the Norwegian Meteorological Institute, for any place: https://api.met.no/weatherapi/locationforecast/2.0/documentation. */
export function createMetnoSandboxVendor(now: () => number = Date.now): SandboxVendor {
  return {
    vendor: 'metno',
    answer: (request) => answer(request, now()),
    failure: (status) =>
      text(status, status === 500 ? 'Internal Server Error' : 'Too Many Requests'),
  };
}

const PATHS = /^\/weatherapi\/locationforecast\/2\.0\/(?:compact|complete)$/;

/** Seconds for which a forecast holds. */
const LIFETIME = 1_800;

function answer(
  { method, path, query, headers }: SandboxVendorRequest,
  now: number,
): SandboxVendorResponse {
  if (!PATHS.test(path)) return text(404, 'Not Found');
  if (method !== 'GET') return text(405, 'Method Not Allowed');
  // Terms of service: a client says who it is, and how to reach its operator.
  if (!/@|\.\w{2}/.test(headers['user-agent'] ?? '')) return text(403, 'Forbidden');
  const latitude = query.get('lat') ?? '';
  const longitude = query.get('lon') ?? '';
  if (!isDegrees(latitude, 90)) return text(400, 'Parameter lat is missing or invalid');
  if (!isDegrees(longitude, 180)) return text(400, 'Parameter lon is missing or invalid');
  // Terms of service: five or more digits make caches useless.
  if ([latitude, longitude].some((degrees) => /\.\d{5}/.test(degrees)))
    return text(403, 'Forbidden');
  const changed = hourOf(now);
  const described = {
    'content-type': 'application/json',
    expires: new Date(now + LIFETIME * 1000).toUTCString(),
    'last-modified': new Date(changed).toUTCString(),
    vary: 'Accept, Accept-Encoding',
  };
  if (Date.parse(headers['if-modified-since'] ?? '') >= changed)
    return { status: 304, headers: described };
  return {
    status: 200,
    headers: described,
    body: forecast(Number(latitude), Number(longitude), path.endsWith('complete'), now),
  };
}

const isDegrees = (degrees: string, most: number) =>
  /^-?\d{1,3}(?:\.\d+)?$/.test(degrees) && Math.abs(Number(degrees)) <= most;

const text = (status: number, body: string): SandboxVendorResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from(`${body}\n`),
});

const HOUR_MS = 3_600_000;

/** Two and a half days of hours, then seven days in steps of six hours. */
function forecast(latitude: number, longitude: number, isComplete: boolean, now: number) {
  const hours = hoursFrom(now, 60);
  const later = Array.from({ length: 28 }, (_, index) => hourOf(now) + (60 + index * 6) * HOUR_MS);
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [longitude, latitude, 10] },
    properties: {
      meta: {
        updated_at: isoSeconds(hourOf(now)),
        units: isComplete ? { ...UNITS, ...UNITS_OF_COMPLETE } : UNITS,
      },
      timeseries: [...hours, ...later].map((time) => {
        const weather = weatherAt(latitude, longitude, time);
        const isLast = time === later.at(-1);
        const summary = { summary: { symbol_code: symbolOf(weather) } };
        const rain = { precipitation_amount: weather.precipitation };
        const extremes = {
          air_temperature_max: weather.temperature + 1,
          air_temperature_min: weather.temperature - 1,
        };
        return {
          time: isoSeconds(time),
          data: {
            instant: { details: detailsOf(weather, isComplete) },
            ...(!isLast && {
              next_12_hours: summary,
              next_6_hours: {
                ...summary,
                details: { ...rain, ...(isComplete && extremes) },
              },
            }),
            ...(hours.includes(time) && { next_1_hours: { ...summary, details: rain } }),
          },
        };
      }),
    },
  };
}

const UNITS = {
  air_pressure_at_sea_level: 'hPa',
  air_temperature: 'celsius',
  cloud_area_fraction: '%',
  precipitation_amount: 'mm',
  relative_humidity: '%',
  wind_from_direction: 'degrees',
  wind_speed: 'm/s',
};

const UNITS_OF_COMPLETE = {
  air_temperature_max: 'celsius',
  air_temperature_min: 'celsius',
  cloud_area_fraction_high: '%',
  cloud_area_fraction_low: '%',
  cloud_area_fraction_medium: '%',
  dew_point_temperature: 'celsius',
  fog_area_fraction: '%',
  ultraviolet_index_clear_sky: '1',
};

const detailsOf = (weather: WorldWeather, isComplete: boolean) => ({
  air_pressure_at_sea_level: 1013.2,
  air_temperature: weather.temperature,
  cloud_area_fraction: weather.clouds,
  relative_humidity: weather.humidity,
  wind_from_direction: weather.windFrom,
  wind_speed: weather.windSpeed,
  ...(isComplete && {
    cloud_area_fraction_high: weather.clouds,
    cloud_area_fraction_low: 0,
    cloud_area_fraction_medium: 0,
    dew_point_temperature: weather.temperature - (100 - weather.humidity) / 5,
    fog_area_fraction: 0,
    ultraviolet_index_clear_sky: weather.isDay ? 2.5 : 0,
  }),
});

function symbolOf({ precipitation, temperature, clouds, isDay }: WorldWeather): string {
  const half = isDay ? 'day' : 'night';
  if (precipitation > 2.5 && temperature > 15) return 'rainandthunder';
  if (precipitation > 0) {
    if (temperature < 0) return 'snow';
    if (temperature < 2) return 'sleet';
    return precipitation < 1 ? 'lightrain' : 'rain';
  }
  if (clouds > 85) return 'cloudy';
  if (clouds > 40) return `partlycloudy_${half}`;
  return clouds > 10 ? `fair_${half}` : `clearsky_${half}`;
}
