/** Arguments as they travel: those of scalars of the graph can be dates. */
export function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asJson(item)]));
}

/**
 * A field that an object itself has.
 * @throws Error that is in the place of a value which its source gave wrongly
 */
export function valueOf(object: unknown, name: string): unknown {
  const value = hasOwn(object, name) ? object[name] : undefined;
  if (value instanceof Error) throw value;
  return value;
}

export const hasOwn = (
  object: unknown,
  name: string,
): object is Readonly<Record<string, unknown>> =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name);
