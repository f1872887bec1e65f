import { z } from 'zod';

/**
 * Reads what a vendor sent. A wrong answer costs no more than a right one of its size: reading ends at the first thing
 * that is wrong.
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
  // An issue that does not end the reading, such as a check without `abort: true`, comes once for each entry of a list.
  if (read.success || read.error.issues.length <= MAX_ISSUES) return read;
  return {
    success: false,
    error: new z.ZodRealError(read.error.issues.slice(0, MAX_ISSUES)) as z.ZodError<
      z.output<Schema>
    >,
  };
}

/** A list of no more than {@link MAX_ENTRIES}. */
export const wireList = <Item extends z.ZodType>(item: Item) =>
  z.array(item).max(MAX_ENTRIES, { abort: true });

/** More than any vendor sends at once; the longest lists are matrices, of 625. */
export const MAX_ENTRIES = 1000;

/** An object of any keys, as it came. */
export const wireMap = <Value>(isValue: (value: unknown) => value is Value) =>
  // `z.record` would go on after a wrong value, and reads each key with a schema.
  z.custom<Record<string, Value>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every(isValue),
  );

/** What `validate` of zod passes, whose types keep it to itself; a release that renamed it would fail the tests. */
const STOP_AT_FIRST = { abortEarly: true } as z.core.ParseContext<z.core.$ZodIssue>;

const MAX_ISSUES = 5;

/** Compiling takes longer than the reading of an answer, so each schema is compiled once, when it is first needed. */
function compiled<Schema extends z.ZodType>(schema: Schema): Schema {
  // What is held under a schema is made of it, and of its type.
  const known = COMPILED.get(schema) as Schema | undefined;
  if (known !== undefined) return known;
  const fresh = z.compile(schema);
  COMPILED.set(schema, fresh);
  return fresh;
}

const COMPILED = new WeakMap<z.ZodType, z.ZodType>();
