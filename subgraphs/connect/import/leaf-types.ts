import { isObject, objectAt, textAt } from './json.ts';
import { enumValueName, FreeNames, wordsOf } from './names.ts';
import { type Schema, valuesOf } from './schemas.ts';

/** A type of the graph without fields. */
export type LeafType =
  | {
      readonly kind: 'scalar';
      readonly name: ScalarName;
      /** Whether the API uses a number where the graph uses text. */
      readonly isNumber: boolean;
    }
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly EnumValue[] };

export type ScalarName =
  'ID' | 'String' | 'Int' | 'Float' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal';

export interface EnumValue {
  readonly name: string;
  /** The API's value. */
  readonly value: string;
}

/** Maximum number of values of an enum: each selection lists them all. */
const MAX_VALUES = 60;

/**
 * The values of an enum.
 * @returns undefined for text without a fixed list of values: a single value is a constant
 */
export function enumValuesOf({ kind, keywords }: Schema): readonly EnumValue[] | undefined {
  const values = valuesOf(keywords).filter((value) => typeof value === 'string');
  if (kind !== 'string' || values.length < 2 || values.length > MAX_VALUES) return undefined;
  if (values.some((value) => value.length > 100)) return undefined;
  const names = new FreeNames([UNKNOWN]);
  return [...new Set(values)].map((value) => {
    const name = enumValueName(value);
    return { value, name: name === UNKNOWN ? UNKNOWN : names.take(name) };
  });
}

export const UNKNOWN = 'UNKNOWN';

/** @param key the name of the property or parameter, which identifies ids */
export function scalarOf({ kind, keywords }: Schema, key: string): LeafType | undefined {
  const format = textAt(keywords, 'format');
  const scalar = (name: ScalarName, isNumber = false): LeafType => ({
    kind: 'scalar',
    name,
    isNumber,
  });
  switch (kind) {
    case 'reference':
      return scalar('ID');
    case 'boolean':
      return scalar('Boolean');
    case 'number':
      return scalar('Float');
    case 'integer':
      if (isIdName(key)) return scalar('ID', true);
      return isLong(format, keywords['maximum']) ? scalar('Decimal', true) : scalar('Int', true);
    case 'string':
      if (format === 'date') return scalar('Date');
      if (format === 'date-time') return scalar('DateTime');
      if (format === 'decimal') return scalar('Decimal');
      return scalar(isIdName(key) || format === 'uuid' ? 'ID' : 'String');
    case 'list':
    case 'map':
    case 'none':
    case 'object':
      return undefined;
  }
}

/** Whether values can exceed the 31 bits of an `Int`. */
const isLong = (format: string | undefined, maximum: unknown) =>
  /^(?:u?int64|long|uint32|bigint|int53)$/i.test(format ?? '') ||
  (typeof maximum === 'number' && maximum > 2 ** 31 - 1);

const isIdName = (key: string) => {
  const last = wordsOf(key).at(-1);
  return last === 'id' || last === 'uuid' || last === 'guid';
};

/** How an object with an amount and a currency becomes `Money`. */
export interface MoneyObject {
  readonly amount: string;
  readonly currency: string;
  readonly isNumber: boolean;
}

/**
 * Recognises an object that consists of an amount and a currency.
 * @returns undefined for others, and for integer amounts: they can be in the minor unit
 */
export function moneyOf(
  { kind, keywords }: Schema,
  read: (value: unknown) => Schema,
): MoneyObject | undefined {
  if (kind !== 'object') return undefined;
  const properties = Object.entries(objectAt(keywords, 'properties'));
  if (properties.length !== 2) return undefined;
  const amount = properties.find(([key]) => AMOUNTS.has(wordsOf(key).join('')));
  const currency = properties.find(([key]) => CURRENCIES.has(wordsOf(key).join('')));
  if (amount === undefined || currency === undefined) return undefined;
  const [key, value] = amount;
  const isNumber = exactAmount(read(value));
  return isNumber === undefined || !isCurrency(read(currency[1]))
    ? undefined
    : { amount: key, currency: currency[0], isNumber };
}

/**
 * The property with the currency of the amounts in the same object.
 * @returns undefined if there is none, or more than one
 */
export function siblingCurrency(
  { keywords }: Schema,
  read: (value: unknown) => Schema,
): string | undefined {
  const found = Object.entries(objectAt(keywords, 'properties')).filter(
    ([key, value]) => CURRENCIES.has(wordsOf(key).join('')) && isCurrency(read(value)),
  );
  return found.length === 1 ? found[0]?.[0] : undefined;
}

/** @returns whether an amount next to a currency is a number; undefined if it is not an amount */
export function isNumericAmount(key: string, schema: Schema): boolean | undefined {
  return wordsOf(key).some((word) => AMOUNT_WORDS.has(word)) ? exactAmount(schema) : undefined;
}

const AMOUNTS = new Set(['amount', 'value']);
const CURRENCIES = new Set(['currency', 'currencycode']);
const AMOUNT_WORDS = new Set(['amount', 'total', 'price', 'subtotal', 'balance', 'cost', 'fee']);

/** @returns true for a number, false for text */
function exactAmount({ kind, keywords }: Schema): boolean | undefined {
  if (kind === 'number') return true;
  const isText =
    kind === 'string' &&
    (textAt(keywords, 'format') === 'decimal' ||
      [keywords['example'], textAt(keywords, 'pattern') === undefined ? undefined : '0'].some(
        (example) => typeof example === 'string' && /^-?\d+(?:\.\d+)?$/.test(example),
      ));
  return isText ? false : undefined;
}

/** Codes in lower case, which some APIs use, are not valid as `CurrencyCode`. */
function isCurrency({ kind, keywords }: Schema): boolean {
  const { example, description } = keywords;
  const shown = [...valuesOf(keywords), example, keywords['default']].filter(
    (value) => typeof value === 'string',
  );
  return (
    kind === 'string' &&
    !isObject(example) &&
    shown.every((value) => /^[A-Z0-9]{3,12}$/.test(value)) &&
    !(typeof description === 'string' && /lower-?\s?case/i.test(description.slice(0, 2000)))
  );
}
