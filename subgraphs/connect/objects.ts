/** Converts arguments to JSON: scalars of the graph can be dates. */
export function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asJson(item)]));
}

/**
 * An object's own field.
 * @throws Error that replaces an invalid value of the source
 */
export function valueOf(object: unknown, name: string): unknown {
  const value = hasOwn(object, name) ? object[name] : undefined;
  if (value instanceof Error) throw value;
  return value;
}

/** The value at a path of field names; undefined if one does not exist. */
export const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce(valueOf, object);

export const hasOwn = (
  object: unknown,
  name: string,
): object is Readonly<Record<string, unknown>> =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name);
