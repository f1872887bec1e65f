import { BadUserInput } from '../../errors/coded-error.ts';
import { type CustomCondition, type CustomValue, ownValue } from './custom-fields.ts';

/** A field of an input type that is made of a custom field. */
export interface CustomInputField {
  /** Of the custom field. */
  readonly inputName: string;
  readonly bound: keyof CustomCondition;
  /** The vendor's words for the values of the field's enum, without `UNKNOWN`. */
  readonly options?: ReadonlyMap<string, string> | undefined;
}

/** The fields of an input type that are made of custom fields. */
export interface CustomInput {
  readonly purpose: 'filter' | 'write';
  /** By their names in the input type: `memberSinceFrom`. */
  readonly fields: ReadonlyMap<string, CustomInputField>;
}

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Moves what clients say of custom fields into `extra` of their inputs, in the graph's form and with options by the vendor's words, so that it is
 * never taken for a field of the type's own.
 * @param inputs are the extended input types of the arguments
 * @throws BadUserInput for `UNKNOWN`, which stands for no value of the vendor's
 */
export function withoutCustomInputs(
  args: Arguments,
  inputs: ReadonlyMap<string, CustomInput>,
): Arguments {
  const changed = { ...args };
  for (const [argument, input] of inputs) {
    const value = args[argument];
    if (typeof value !== 'object' || value === null) continue;
    const own: Record<string, unknown> = {};
    const extra: Record<string, CustomValue | CustomCondition> = {};
    for (const [name, given] of Object.entries(value)) {
      const field = input.fields.get(name);
      if (field === undefined) own[name] = given;
      // As a condition, null is none.
      else if (input.purpose === 'write' || given !== null) {
        const read = readValue(given, field, [argument, name]);
        extra[field.inputName] =
          input.purpose === 'write'
            ? read
            : {
                ...(ownValue(extra, field.inputName) as CustomCondition | undefined),
                [field.bound]: read,
              };
      }
    }
    changed[argument] = Object.keys(extra).length === 0 ? own : { ...own, extra };
  }
  return changed;
}

function readValue(
  value: unknown,
  { options }: CustomInputField,
  place: readonly string[],
): CustomValue {
  // Decimal text and the like come as they are; the schema has checked them.
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return value.map((item: string) =>
      options === undefined ? item : option(item, options, place),
    );
  return typeof value === 'string' && options !== undefined
    ? option(value, options, place)
    : (value as CustomValue);
}

function option(
  value: string,
  options: ReadonlyMap<string, string>,
  place: readonly string[],
): string {
  const word = options.get(value);
  if (word !== undefined) return word;
  throw new BadUserInput(
    `${place.join('.')} must be one of ${[...options.keys()].slice(0, MAX_NAMED).join(', ')}, but is ${value}.`,
    { field: place },
  );
}

/** Values of an enum that an error names. */
const MAX_NAMED = 20;
