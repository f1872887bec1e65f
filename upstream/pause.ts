import type { Cancelable, Cancellation } from '../request/cancellation.ts';

/** @throws the reason of `cancellation` as soon as it is cancelled */
export function pause(ms: number, cancellation: Cancellation): Promise<void> {
  if (cancellation.reason !== undefined) return Promise.reject(cancellation.reason);
  return new Promise((resolve, reject) => {
    const waiting: Cancelable = {
      cancel: (reason) => {
        clearTimeout(timer);
        reject(reason);
      },
    };
    const timer = setTimeout(() => {
      cancellation.delete(waiting);
      resolve();
    }, ms);
    cancellation.add(waiting);
  });
}
