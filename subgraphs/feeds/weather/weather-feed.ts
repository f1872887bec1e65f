import { type Feed, userAgent } from '../feed.ts';

/**
 * Forecasts and alerts: from the National Weather Service of the USA, and for places elsewhere from the Norwegian Meteorological Institute.
 * Both
 * require an identifying `User-Agent`: https://www.weather.gov/documentation/services-web-api and
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
      // 20 requests per second and application, by the terms of service.
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
