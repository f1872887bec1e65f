import { type Feed, userAgent } from '../feed.ts';
import { ratesFields } from './rates-fields.ts';

/**
 * Exchange rates: the euro foreign exchange reference rates of the European Central Bank, https://data.ecb.europa.eu/help/api/overview. Its
 * terms
 * require naming the source: https://www.ecb.europa.eu/services/disclaimer/html/index.en.html.
 */
export const rates: Feed = {
  name: 'rates',
  sources: [
    {
      name: 'ecb',
      policy: (contact) => ({
        auth: userAgent(contact),
        // Rates are published once a day.
        cache: '10m',
        limits: { concurrency: 4 },
        timeout: '5s',
      }),
    },
  ],
  computed: ratesFields,
};
