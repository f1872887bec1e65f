/** A pending operation that can be cancelled. */
export interface Cancelable {
  cancel(reason: Error): void;
}

/**
 * Cancels pending operations. Works like an `AbortController` at a hundredth of its cost: a list makes dozens of calls, and each would
 * create a controller and add a listener to another.
 */
export class Cancellation implements Cancelable {
  #reason: Error | undefined;
  /** A single operation, the usual case, needs no set. */
  #first: Cancelable | undefined;
  #others: Set<Cancelable> | undefined;
  /** Creates the error for cancelled operations, if it is not a timeout. */
  cancellationError: (() => Error) | undefined;

  /** Undefined before cancellation. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  add(one: Cancelable): void {
    if (this.#first === undefined) this.#first = one;
    else (this.#others ??= new Set()).add(one);
  }

  delete(one: Cancelable): void {
    if (this.#first === one) this.#first = undefined;
    else this.#others?.delete(one);
  }

  cancel(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const [first, others] = [this.#first, this.#others];
    this.#first = this.#others = undefined;
    first?.cancel(reason);
    for (const one of others ?? []) one.cancel(reason);
  }
}

const OF_SIGNALS = new WeakMap<AbortSignal, Cancellation>();

/** The cancellation for a signal: always the same object, with one listener. */
export function cancellationOf(signal: AbortSignal): Cancellation {
  const known = OF_SIGNALS.get(signal);
  if (known !== undefined) return known;
  const cancellation = new Cancellation();
  OF_SIGNALS.set(signal, cancellation);
  const cancel = () => {
    // The cast is safe: the owner of the signal chooses the reason, by default an Error.
    cancellation.cancel(signal.reason as Error);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return cancellation;
}

/**
 * Cancels a call after a timeout, or with its parent.
 * @param why the message of the `TimeoutError`
 */
export async function cancelAfter<T>(
  ms: number,
  why: string,
  call: (cancellation: Cancellation) => Promise<T>,
  parent?: Cancellation,
): Promise<T> {
  const cancellation = new Cancellation();
  parent?.add(cancellation);
  const timer = setTimeout(() => {
    cancellation.cancel(new DOMException(why, 'TimeoutError'));
  }, ms);
  try {
    return await call(cancellation);
  } finally {
    clearTimeout(timer);
    parent?.delete(cancellation);
  }
}
