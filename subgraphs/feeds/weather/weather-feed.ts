import { type Feed, userAgent } from '../feed.ts';

/**
 * Forecasts and alerts: of the National Weather Service of the USA, and for places elsewhere of the Norwegian Meteorological Institute. Both
 * ask callers to say in `User-Agent` who they are: https://www.weather.gov/documentation/services-web-api and
 * https://api.met.no/doc/TermsOfService.
 */
export const weather: Feed = {
  name: 'weather',
  sources: [
    {
      name: 'nws',
      policy: (contact) => ({
        auth: userAgent(contact),
        // As long as the headers of a response allow.
        cache: {},
        limits: { concurrency: 8 },
        timeout: '5s',
      }),
    },
    {
      name: 'metno',
      // 20 requests a second for an application, by the terms of service.
      policy: (contact) => ({
        auth: userAgent(contact),
        // As long as the headers of a response allow.
        cache: {},
        limits: { rate: '20/1s', concurrency: 8 },
        timeout: '5s',
      }),
    },
  ],
};
