/** Arguments as they travel: those of scalars of the graph can be dates. */
export function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asJson(item)]));
}

/** A field that an object itself has. */
export const valueOf = (object: unknown, name: string): unknown =>
  hasOwn(object, name) ? object[name] : undefined;

/** What the names of fields lead to; undefined where one is not there. */
export const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce(valueOf, object);

export const hasOwn = (
  object: unknown,
  name: string,
): object is Readonly<Record<string, unknown>> =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name);
