export type MaybePromise<T> = T | Promise<T>;

/** Goes on at once where the value is there already: most fields are plain properties, and a promise for each costs CPU. */
export function whenReady<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  // What is no promise is the value itself.
  return isPromise(value) ? value.then(next) : next(value as T);
}

/** All values, without a promise where none is among them. */
export function whenAllReady<T, R>(
  values: readonly MaybePromise<T>[],
  next: (values: readonly T[]) => R,
): MaybePromise<R> {
  if (values.some(isPromise)) return Promise.all(values).then(next);
  // No promise is among them, as was just seen.
  return next(values as readonly T[]);
}

export const isPromise = (value: unknown): value is Promise<never> =>
  typeof value === 'object' &&
  value !== null &&
  'then' in value &&
  typeof value.then === 'function';
