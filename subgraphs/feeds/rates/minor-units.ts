/** Number of decimal places of a currency: https://www.iso.org/iso-4217-currency-codes.html, list one. Withdrawn currencies have two. */
export const minorUnitPlaces = (currency: string): number => PLACES.get(currency) ?? 2;

const WITHOUT = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE = 'BHD IQD JOD KWD LYD OMR TND';
const FOUR = 'CLF UYW';

const PLACES: ReadonlyMap<string, number> = new Map(
  [[WITHOUT, 0] as const, [THREE, 3] as const, [FOUR, 4] as const].flatMap(([codes, places]) =>
    codes.split(' ').map((code) => [code, places]),
  ),
);
