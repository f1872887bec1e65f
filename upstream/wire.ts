import { z } from 'zod';

/**
 * Validates a vendor's response. An invalid response costs no more than a valid one of its size: validation stops at the first
 * error.
 * @throws z.ZodError
 */
export function parseWire<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const { success, data, error } = safeParseWire(schema, body);
  if (!success) throw error;
  return data;
}

/** Like {@link parseWire}, but returns the error. */
export function safeParseWire<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  const read = compiled(schema).safeParse(body, STOP_AT_FIRST);
  // An issue that does not stop validation, such as a check without `abort: true`, occurs once for each entry of a list.
  if (read.success || read.error.issues.length <= MAX_ISSUES) return read;
  return {
    success: false,
    error: new z.ZodRealError(read.error.issues.slice(0, MAX_ISSUES)) as z.ZodError<
      z.output<Schema>
    >,
  };
}

/** A list of at most {@link MAX_ENTRIES} entries. */
export const wireList = <Item extends z.ZodType>(item: Item) =>
  z.array(item).max(MAX_ENTRIES, { abort: true });

/** Above the maximum of all vendors; the longest lists are matrices of 625 entries. */
export const MAX_ENTRIES = 1000;

/** An object with any keys, unchanged. */
export const wireMap = <Value>(isValue: (value: unknown) => value is Value) =>
  // `z.record` would continue after an invalid value, and validates each key with a schema.
  z.custom<Record<string, Value>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every(isValue),
  );

/** The option that zod's `validate` passes; it is missing in zod's types. A release that renames it would fail the tests. */
const STOP_AT_FIRST = { abortEarly: true } as z.core.ParseContext<z.core.$ZodIssue>;

const MAX_ISSUES = 5;

/** Compiling takes longer than validating a response, so each schema is compiled once, on first use. */
function compiled<Schema extends z.ZodType>(schema: Schema): Schema {
  // The cast is safe: the value was compiled from this schema and has its type.
  const known = COMPILED.get(schema) as Schema | undefined;
  if (known !== undefined) return known;
  const fresh = z.compile(schema);
  COMPILED.set(schema, fresh);
  return fresh;
}

const COMPILED = new WeakMap<z.ZodType, z.ZodType>();
