/** A currency with a reference rate against the euro. The rates are invented. */
export interface EcbCurrency {
  readonly code: string;
  /** Around which the rate moves. */
  readonly rate: number;
  readonly decimals: number;
  /** The first and the last day with a rate. @default from the first day of all to today */
  readonly first?: string;
  readonly last?: string;
}

/** The day of the first rates. */
export const FIRST_DAY = '1999-01-04';

export const ECB_CURRENCIES: readonly EcbCurrency[] = [
  { code: 'AUD', rate: 1.65, decimals: 4 },
  { code: 'BGN', rate: 1.9558, decimals: 4, first: '2000-07-19', last: '2025-12-31' },
  { code: 'BRL', rate: 6.1, decimals: 4, first: '2008-01-02' },
  { code: 'CAD', rate: 1.53, decimals: 4 },
  { code: 'CHF', rate: 0.94, decimals: 4 },
  { code: 'CNY', rate: 7.9, decimals: 4, first: '2005-04-01' },
  { code: 'CZK', rate: 24.9, decimals: 3 },
  { code: 'DKK', rate: 7.46, decimals: 4 },
  { code: 'GBP', rate: 0.86, decimals: 5 },
  { code: 'HKD', rate: 8.6, decimals: 4 },
  { code: 'HRK', rate: 7.53, decimals: 4, last: '2022-12-30' },
  { code: 'HUF', rate: 395, decimals: 2 },
  { code: 'IDR', rate: 18400, decimals: 2 },
  { code: 'ILS', rate: 3.8, decimals: 4, first: '2011-01-03' },
  { code: 'INR', rate: 97, decimals: 4, first: '2009-01-01' },
  { code: 'ISK', rate: 144, decimals: 2, first: '2018-02-01' },
  { code: 'JPY', rate: 168, decimals: 2 },
  { code: 'KRW', rate: 1580, decimals: 2 },
  { code: 'MXN', rate: 21.2, decimals: 4, first: '2008-01-02' },
  { code: 'MYR', rate: 4.8, decimals: 4 },
  { code: 'NOK', rate: 11.6, decimals: 4 },
  { code: 'NZD', rate: 1.92, decimals: 4 },
  { code: 'PHP', rate: 65, decimals: 3 },
  { code: 'PLN', rate: 4.28, decimals: 4 },
  { code: 'RON', rate: 5.02, decimals: 4, first: '2005-07-01' },
  { code: 'RUB', rate: 90, decimals: 4, last: '2022-03-01' },
  { code: 'SEK', rate: 11.1, decimals: 4 },
  { code: 'SGD', rate: 1.46, decimals: 4 },
  { code: 'THB', rate: 37.3, decimals: 3 },
  { code: 'TRY', rate: 44, decimals: 4, first: '2005-01-03' },
  { code: 'USD', rate: 1.13, decimals: 4 },
  { code: 'ZAR', rate: 20.1, decimals: 4 },
];
