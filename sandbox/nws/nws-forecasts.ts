import { hourOf, hoursFrom, isoSeconds, weatherAt, type WorldWeather } from '../world/weather.ts';

export interface ForecastArea {
  readonly latitude: number;
  readonly longitude: number;
}

const HOUR_MS = 3_600_000;

/** `GET /gridpoints/{office}/{x},{y}/forecast/hourly`: 156 hours. */
export const hourlyForecast = (area: ForecastArea, isSi: boolean, now: number) =>
  forecast(
    'HourlyForecastGenerator',
    isSi,
    now,
    hoursFrom(now, 156).map((time, index) => {
      const weather = weatherAt(area.latitude, area.longitude, time);
      return {
        ...periodOf(weather, isSi, 'small'),
        number: index + 1,
        name: '',
        startTime: isoOffset(time),
        endTime: isoOffset(time + HOUR_MS),
        dewpoint: quantity('degC', weather.temperature - (100 - weather.humidity) / 5),
        relativeHumidity: quantity('percent', weather.humidity),
        detailedForecast: '',
      };
    }),
  );

/** `GET /gridpoints/{office}/{x},{y}/forecast`: fourteen half days. */
export function halfDayForecast(area: ForecastArea, isSi: boolean, now: number) {
  const begin = hourOf(now);
  return forecast(
    'BaselineForecastGenerator',
    isSi,
    now,
    Array.from({ length: 14 }, (_, index) => {
      const time = begin + index * 12 * HOUR_MS;
      const weather = weatherAt(area.latitude, area.longitude, time);
      const period = periodOf(weather, isSi, 'medium');
      const { temperature, temperatureUnit, shortForecast, isDaytime } = period;
      const extreme = isDaytime ? 'high' : 'low';
      return {
        ...period,
        number: index + 1,
        name: nameOf(time, index, isDaytime),
        startTime: isoOffset(time),
        endTime: isoOffset(time + 12 * HOUR_MS),
        detailedForecast: `${shortForecast}, with a ${extreme} near ${String(temperature)} ${temperatureUnit}.`,
      };
    }),
  );
}

const forecast = (forecastGenerator: string, isSi: boolean, now: number, periods: object[]) => ({
  type: 'Feature',
  properties: {
    units: isSi ? 'si' : 'us',
    forecastGenerator,
    generatedAt: isoOffset(hourOf(now)),
    updateTime: isoOffset(hourOf(now)),
    validTimes: `${isoOffset(hourOf(now))}/P7DT12H`,
    elevation: quantity('m', 12.5),
    periods,
  },
});

/** Whole degrees; the wind is text with its unit. Without `units=si` both are in the units of the USA. */
function periodOf(weather: WorldWeather, isSi: boolean, size: string) {
  const { temperature, windSpeed, windFrom, isDay } = weather;
  const [code, shortForecast] = skyOf(weather);
  const chance = weather.precipitation > 0 ? `,${String(tens(weather.chanceOfPrecipitation))}` : '';
  return {
    isDaytime: isDay,
    temperature: Math.round(isSi ? temperature : temperature * 1.8 + 32),
    temperatureUnit: isSi ? 'C' : 'F',
    temperatureTrend: null,
    probabilityOfPrecipitation: quantity('percent', weather.chanceOfPrecipitation),
    windSpeed: isSi
      ? `${String(Math.round(windSpeed * 3.6))} km/h`
      : `${String(Math.round(windSpeed * 2.237))} mph`,
    windDirection: DIRECTIONS[Math.round(windFrom / 22.5) % 16],
    icon: `https://api.weather.gov/icons/land/${isDay ? 'day' : 'night'}/${code}${chance}?size=${size}`,
    shortForecast,
  };
}

function skyOf({
  precipitation,
  temperature,
  clouds,
  isDay,
}: WorldWeather): readonly [string, string] {
  if (precipitation > 2.5 && temperature > 15) return ['tsra', 'Showers And Thunderstorms'];
  if (precipitation > 0) return temperature < 0 ? ['snow', 'Snow Likely'] : ['rain', 'Rain Likely'];
  if (clouds > 85) return ['ovc', 'Cloudy'];
  if (clouds > 60) return ['bkn', isDay ? 'Partly Sunny' : 'Mostly Cloudy'];
  if (clouds > 30) return ['sct', isDay ? 'Mostly Sunny' : 'Partly Cloudy'];
  return clouds > 10
    ? ['few', isDay ? 'Sunny' : 'Mostly Clear']
    : ['skc', isDay ? 'Sunny' : 'Clear'];
}

const DIRECTIONS = 'N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW'.split(' ');

const tens = (percent: number) => Math.round(percent / 10) * 10;

const quantity = (unit: string, value: number) => ({ unitCode: `wmoUnit:${unit}`, value });

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function nameOf(time: number, index: number, isDay: boolean): string {
  if (index === 0) return isDay ? 'Today' : 'Tonight';
  const weekday = WEEKDAYS[new Date(time).getUTCDay()] ?? '';
  return isDay ? weekday : `${weekday} Night`;
}

/** The service writes the offset as numbers. */
const isoOffset = (time: number) => isoSeconds(time).replace('Z', '+00:00');
