// Exact calculation with decimal text such as `-1234.50`.

export const decimalPlaces = (decimal: string): number => decimal.split('.')[1]?.length ?? 0;

/**
 * The value in units of the last place: 1234500 for `1234.50` with three places.
 * @param places at least those of the text
 */
export const toUnits = (decimal: string, places: number): bigint =>
  BigInt(decimal.replace('.', '') + '0'.repeat(places - decimalPlaces(decimal)));

/** `1234.500` for 1234500 units with three places. */
export function fromUnits(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const point = digits.length - places;
  const fraction = places === 0 ? '' : `.${digits.slice(point)}`;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${fraction}`;
}
