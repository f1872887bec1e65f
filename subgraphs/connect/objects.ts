/** A field that an object itself has. */
export const valueOf = (object: unknown, name: string): unknown =>
  hasOwn(object, name) ? object[name] : undefined;

export const hasOwn = (
  object: unknown,
  name: string,
): object is Readonly<Record<string, unknown>> =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name);
