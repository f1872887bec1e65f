export type MaybePromise<T> = T | Promise<T>;

/** Continues at once if the value is settled: most fields are plain properties, and a promise for each costs CPU. */
export function whenReady<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  // The cast is safe: the value is not a promise.
  return isPromise(value) ? value.then(next) : next(value as T);
}

/** Waits for all values; returns no promise if none of them is one. */
export function whenAllReady<T, R>(
  values: readonly MaybePromise<T>[],
  next: (values: readonly T[]) => R,
): MaybePromise<R> {
  if (values.some(isPromise)) return Promise.all(values).then(next);
  // The cast is safe: none of them is a promise.
  return next(values as readonly T[]);
}

export const isPromise = (value: unknown): value is Promise<never> =>
  typeof value === 'object' &&
  value !== null &&
  'then' in value &&
  typeof value.then === 'function';
