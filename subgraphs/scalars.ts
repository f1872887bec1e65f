import { type GraphQLScalarType, GraphQLScalarType as Scalar } from 'graphql';
import {
  GraphQLCountryCode,
  GraphQLCurrency,
  GraphQLDateTimeISO,
  GraphQLLocalDate,
  GraphQLTimeZone,
  GraphQLURL,
} from 'graphql-scalars';

/** Maximum length of a client's value, in characters. The longest decimals of vendors have about 20, the longest name of a time zone 32. */
const MAX_LENGTH = 100;

/** Characters of a URL that all senders and recipients should support: RFC 9110, section 4.1. */
const MAX_URL = 8000;

/** Parsers and serializers of the graph's scalars, by their name in the SDL. A `DateTime` argument arrives as a `Date`. */
export const SCALARS = {
  CountryCode: named('CountryCode', GraphQLCountryCode),
  CurrencyCode: named('CurrencyCode', GraphQLCurrency, { serialize: readCurrency }),
  Date: bounded(new Scalar({ name: 'Date', serialize: readDate, parseValue: readDate })),
  DateTime: named('DateTime', GraphQLDateTimeISO),
  Decimal: bounded(
    new Scalar({ name: 'Decimal', serialize: readDecimal, parseValue: readDecimal }),
  ),
  Latitude: degrees('Latitude', 90),
  Longitude: degrees('Longitude', 180),
  TimeZone: named('TimeZone', GraphQLTimeZone, { serialize: readTimeZone }),
  URL: named('URL', GraphQLURL, { maxLength: MAX_URL }),
} satisfies Record<string, GraphQLScalarType>;

/** Renames a library scalar: a schema takes a scalar's own name, and variables are declared with the name in the SDL. */
function named<Internal, External>(
  name: string,
  scalar: GraphQLScalarType<Internal, External>,
  {
    maxLength,
    serialize = scalar.toConfig().serialize,
  }: { readonly maxLength?: number; readonly serialize?: (value: unknown) => External } = {},
) {
  const { parseValue, parseLiteral } = scalar.toConfig();
  return bounded(new Scalar({ name, serialize, parseValue, parseLiteral }), maxLength);
}

/** A scalar that rejects a client's text before parsing it if it is longer than any valid value. */
function bounded<Internal, External>(
  scalar: GraphQLScalarType<Internal, External>,
  maxLength = MAX_LENGTH,
) {
  const { parseValue, parseLiteral, ...config } = scalar.toConfig();
  const check = (text: unknown) => {
    if (typeof text !== 'string' || text.length <= maxLength) return;
    throw new TypeError(
      `${scalar.name} must have at most ${String(maxLength)} characters, but has ${String(text.length)}.`,
    );
  };
  return new Scalar<Internal, External>({
    ...config,
    parseValue: (value) => {
      check(value);
      return parseValue(value);
    },
    parseLiteral: (node, variables) => {
      if ('value' in node) check(node.value);
      return parseLiteral(node, variables);
    },
  });
}

/** Vendors use currencies that Node.js does not list: old ones, such as `STD`, and their own. */
function readCurrency(value: unknown): string {
  if (typeof value === 'string' && /^[A-Z0-9]{3,12}$/.test(value)) return value;
  throw new TypeError(`CurrencyCode must be text such as "EUR", but got ${JSON.stringify(value)}.`);
}

/** A vendor's list of time zones can be newer than that of Node.js. */
function readTimeZone(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z][\w+/-]{1,99}$/.test(value)) return value;
  throw new TypeError(
    `TimeZone must be text such as "Europe/Berlin", but got ${JSON.stringify(value)}.`,
  );
}

/** The library's messages contain the library's name of the scalar. */
function readDate(value: unknown): string {
  try {
    return GraphQLLocalDate.serialize(value);
  } catch {
    throw new TypeError(
      `Date must be text such as "2026-03-01", but got ${JSON.stringify(value)}.`,
    );
  }
}

/** Only text is exact: a JSON number may have been rounded before it arrived here. Zero has no sign. */
function readDecimal(value: unknown): string {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
    return /[1-9]/.test(value) ? value : value.replace('-', '');
  throw new TypeError(`Decimal must be text such as "1234.50", but got ${JSON.stringify(value)}.`);
}

/** The scalars of graphql-scalars reject a literal without a decimal point. */
function degrees(name: string, max: number): GraphQLScalarType<number> {
  const read = (value: unknown) => {
    if (typeof value === 'number' && Math.abs(value) <= max) return value;
    throw new TypeError(
      `${name} must be a number from ${String(-max)} to ${String(max)}, but got ${JSON.stringify(value)}.`,
    );
  };
  return new Scalar({ name, serialize: read, parseValue: read });
}
