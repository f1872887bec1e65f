import { type Cancelable, Cancellation } from '../request/cancellation.ts';

/**
 * Lets callers that want the same thing at the same time share one call for it. Who gives up is rejected alone; the call
 * itself is given up when nobody waits for it any more.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #cancelled: (reason: Error) => Error;

  /** @param cancelled makes the error of whoever gives up. */
  constructor(cancelled: (reason: Error) => Error) {
    this.#cancelled = cancelled;
  }

  /** @param key contains all that decides the answer. */
  share(
    key: string,
    cancellation: Cancellation,
    start: (cancellation: Cancellation) => Promise<T>,
  ): Promise<T> {
    const flight = this.#flights.get(key) ?? this.#take(key, start);
    return new Promise((resolve, reject) => {
      flight.join(new FlightWaiter(flight, cancellation, resolve, reject));
    });
  }

  #take(key: string, start: (cancellation: Cancellation) => Promise<T>): Flight<T> {
    const flight: Flight<T> = new Flight(this.#cancelled, () => {
      // A later flight with the key is another one.
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    start(flight).then(flight.complete, flight.fail);
    return flight;
  }
}

/** Is given up when it has no passengers any more. */
class Flight<T> extends Cancellation {
  readonly cancelled: (reason: Error) => Error;
  readonly #close: () => void;
  readonly #waiters = new Set<FlightWaiter<T>>();

  /** @param close lets nobody join any more. */
  constructor(cancelled: (reason: Error) => Error, close: () => void) {
    super();
    this.cancelled = cancelled;
    this.#close = close;
  }

  join(waiter: FlightWaiter<T>): void {
    this.#waiters.add(waiter);
  }

  leave(waiter: FlightWaiter<T>, reason: Error): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) return;
    // Before it is given up: who comes between that and its effect must not join.
    this.#close();
    this.cancel(reason);
  }

  readonly complete = (value: T): void => {
    this.#close();
    for (const waiter of this.#waiters) waiter.complete(value);
  };

  readonly fail = (error: unknown): void => {
    this.#close();
    for (const waiter of this.#waiters) waiter.fail(error);
  };
}

/** Somebody who waits for a flight to land. */
class FlightWaiter<T> implements Cancelable {
  readonly #flight: Flight<T>;
  readonly #cancellation: Cancellation;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    flight: Flight<T>,
    cancellation: Cancellation,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.#flight = flight;
    this.#cancellation = cancellation;
    this.#resolve = resolve;
    this.#reject = reject;
    cancellation.add(this);
  }

  complete(value: T): void {
    this.#cancellation.delete(this);
    this.#resolve(value);
  }

  fail(error: unknown): void {
    this.#cancellation.delete(this);
    this.#reject(error);
  }

  cancel(reason: Error): void {
    this.#reject(this.#flight.cancellationError?.() ?? this.#flight.cancelled(reason));
    this.#flight.leave(this, reason);
  }
}
