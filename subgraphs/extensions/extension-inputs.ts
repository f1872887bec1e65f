import { BadUserInput } from '../../errors/coded-error.ts';
import { type CustomCondition, type CustomValue, ownValue } from './custom-fields.ts';

/** An input field of a custom field. */
export interface CustomInputField {
  /** The custom field's input name. */
  readonly inputName: string;
  readonly bound: keyof CustomCondition;
  /** The vendor's options for the values of the field's enum, without `UNKNOWN`. */
  readonly options?: ReadonlyMap<string, string> | undefined;
}

/** The input fields of an input type that belong to custom fields. */
export interface CustomInput {
  readonly purpose: 'filter' | 'write';
  /** By the name of the input field: `memberSinceFrom`. */
  readonly fields: ReadonlyMap<string, CustomInputField>;
}

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Moves custom fields of clients' inputs into `extra`, in the graph's format and with the vendor's options, so that they are not mistaken
 * for
 * the type's own fields.
 * @param inputs the extended input types of the arguments
 * @throws BadUserInput for `UNKNOWN`, which has no option at the vendor
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
    for (const [name, fieldValue] of Object.entries(value)) {
      const field = input.fields.get(name);
      if (field === undefined) own[name] = fieldValue;
      // A null in a filter means no condition.
      else if (input.purpose === 'write' || fieldValue !== null) {
        const read = readValue(fieldValue, field, [argument, name]);
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
  // The schema has validated decimal text and similar values; they are passed on unchanged.
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

/** Maximum number of enum values in an error message. */
const MAX_NAMED = 20;
