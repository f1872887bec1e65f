import { type GraphQLScalarType, GraphQLScalarType as Scalar } from 'graphql';
import { GraphQLCountryCode, GraphQLCurrency, GraphQLDateTimeISO, GraphQLLocalDate, GraphQLTimeZone, GraphQLURL } from 'graphql-scalars';

/** How the graph's scalars are read and written, by their name in the SDL. A `DateTime` argument arrives as a `Date`. */
export const SCALARS = {
  CountryCode: named('CountryCode', GraphQLCountryCode),
  CurrencyCode: named('CurrencyCode', GraphQLCurrency),
  Date: new Scalar({ name: 'Date', serialize: readDate, parseValue: readDate }),
  DateTime: named('DateTime', GraphQLDateTimeISO),
  Decimal: new Scalar({ name: 'Decimal', serialize: readDecimal, parseValue: readDecimal }),
  Latitude: degrees('Latitude', 90),
  Longitude: degrees('Longitude', 180),
  TimeZone: named('TimeZone', GraphQLTimeZone),
  URL: named('URL', GraphQLURL),
} satisfies Record<string, GraphQLScalarType>;

/** A schema takes over a scalar's own name and description: under the library's name, no variable could be declared by the SDL's. */
function named<Internal, External>(name: string, scalar: GraphQLScalarType<Internal, External>): GraphQLScalarType<Internal, External> {
  const { serialize, parseValue, parseLiteral } = scalar.toConfig();
  return new Scalar({ name, serialize, parseValue, parseLiteral });
}

/** The library's messages call it by the library's name. */
function readDate(value: unknown): string {
  try {
    return GraphQLLocalDate.serialize(value);
  } catch {
    throw new TypeError(`Date must be text such as "2026-03-01", but got ${JSON.stringify(value)}.`);
  }
}

/** Only text is exact: a JSON number may have been rounded before anybody here could see it. */
function readDecimal(value: unknown): string {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return value;
  throw new TypeError(`Decimal must be text such as "1234.50", but got ${JSON.stringify(value)}.`);
}

/** Those of graphql-scalars refuse a literal without a decimal point. */
function degrees(name: string, max: number): GraphQLScalarType<number> {
  const read = (value: unknown) => {
    if (typeof value === 'number' && Math.abs(value) <= max) return value;
    throw new TypeError(`${name} must be a number from ${String(-max)} to ${String(max)}, but got ${JSON.stringify(value)}.`);
  };
  return new Scalar({ name, serialize: read, parseValue: read });
}
