import { type GraphQLScalarType, GraphQLScalarType as Scalar } from 'graphql';
import {
  GraphQLCountryCode,
  GraphQLCurrency,
  GraphQLDateTimeISO,
  GraphQLLatitude,
  GraphQLLocalDate,
  GraphQLLongitude,
  GraphQLTimeZone,
  GraphQLURL,
} from 'graphql-scalars';

/** How the graph's scalars are read and written, by their name in the SDL. A `DateTime` argument arrives as a `Date`. */
export const SCALARS = {
  CountryCode: GraphQLCountryCode,
  CurrencyCode: GraphQLCurrency,
  Date: GraphQLLocalDate,
  DateTime: GraphQLDateTimeISO,
  Decimal: new Scalar({ name: 'Decimal', serialize: readDecimal, parseValue: readDecimal }),
  Latitude: GraphQLLatitude,
  Longitude: GraphQLLongitude,
  TimeZone: GraphQLTimeZone,
  URL: GraphQLURL,
} satisfies Record<string, GraphQLScalarType>;

/** Only text is exact: a JSON number may have been rounded before anybody here could see it. */
function readDecimal(value: unknown): string {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return value;
  throw new TypeError(`Decimal must be text such as "1234.50", but got ${JSON.stringify(value)}.`);
}
