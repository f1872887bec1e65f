import { wrongCurrency } from './stripe-errors.ts';

export type Currency = 'chf' | 'eur' | 'gbp' | 'jpy' | 'kwd' | 'usd';

export const CURRENCIES = [
  'chf',
  'eur',
  'gbp',
  'jpy',
  'kwd',
  'usd',
] as const satisfies readonly Currency[];

/** Minor units to a main unit, how many a dollar buys, and the smallest step: https://docs.stripe.com/currencies#three-decimal */
const MONEY: Record<
  Currency,
  { readonly perMain: number; readonly perDollar: number; readonly step: number }
> = {
  chf: { perMain: 100, perDollar: 0.9, step: 5 },
  eur: { perMain: 100, perDollar: 0.92, step: 1 },
  gbp: { perMain: 100, perDollar: 0.79, step: 1 },
  jpy: { perMain: 1, perDollar: 150, step: 10 },
  kwd: { perMain: 1000, perDollar: 0.31, step: 10 },
  usd: { perMain: 100, perDollar: 1, step: 1 },
};

/** What a thing of so many dollars costs in the currency, in its minor units. */
export function priceIn(currency: Currency, dollars: number): number {
  const { perMain, perDollar, step } = MONEY[currency];
  return Math.max(1, Math.round((dollars * perDollar * perMain) / step)) * step;
}

/** What people in a country pay with; ISO 3166-1 alpha-2. */
export function currencyOfCountry(countryCode: string): Currency {
  switch (countryCode) {
    case 'CH':
    case 'LI':
      return 'chf';
    case 'GB':
      return 'gbp';
    case 'JP':
      return 'jpy';
    case 'KW':
      return 'kwd';
    case 'AT':
    case 'BE':
    case 'DE':
    case 'ES':
    case 'FI':
    case 'FR':
    case 'GR':
    case 'IE':
    case 'IT':
    case 'LU':
    case 'NL':
    case 'PT':
      return 'eur';
    default:
      return 'usd';
  }
}

/** The smallest amounts that can be charged, in minor units, of the currencies that have one: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const LEAST: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

export const leastCharge = (currency: string) => LEAST[currency] ?? 1;

const SUPPORTED: ReadonlySet<string> = new Set(
  Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()),
);

/** An ISO 4217 code in lower case, whichever way it was written. */
export function readCurrency(code: string, param: string): string {
  const currency = code.toLowerCase();
  if (!SUPPORTED.has(currency)) throw wrongCurrency(code, [...SUPPORTED], param);
  return currency;
}

/** How many places a currency has, as ISO 4217 says. */
export const minorUnits = (currency: string) =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits ?? 2;
