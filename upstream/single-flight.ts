/**
 * Lets callers that want the same thing at the same time share one call for it. A caller's own abort rejects only that
 * caller; the call itself is aborted when nobody waits for it any more.
 */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>();

  /** @param key contains all that decides the answer. */
  async share<T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#take(key, start);
    flight.waiting += 1;
    let leave: (() => void) | undefined;
    try {
      return (await Promise.race([
        flight.landed,
        new Promise<never>((_resolve, reject) => {
          leave = () => {
            // The reason of an abort is whatever the owner of the signal chose, an Error by default.
            reject(signal.reason as Error);
          };
          signal.addEventListener('abort', leave, { once: true });
        }),
        // Callers with the same key want the same answer, whose type is therefore the same too.
      ])) as T;
    } finally {
      if (leave !== undefined) signal.removeEventListener('abort', leave);
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#abandon(key, flight);
    }
  }

  #take(key: string, start: (signal: AbortSignal) => Promise<unknown>): Flight {
    const abort = new AbortController();
    const landed = start(abort.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    const flight: Flight = { landed, abort, waiting: 0 };
    // Everybody may have left by the time it fails.
    landed.catch(() => undefined);
    this.#flights.set(key, flight);
    return flight;
  }

  #abandon(key: string, flight: Flight): void {
    // A call that has landed is out of the map already.
    if (this.#flights.get(key) !== flight) return;
    // Out of the map first: who comes between the abort and its effect must not join a call that is being cancelled.
    this.#flights.delete(key);
    flight.abort.abort();
  }
}

interface Flight {
  readonly landed: Promise<unknown>;
  readonly abort: AbortController;
  waiting: number;
}
