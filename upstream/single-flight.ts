import { type Cancelable, Cancellation } from '../request/cancellation.ts';

/**
 * Lets callers that want the same thing at the same time share one call for it. Who gives up is rejected alone; the call
 * itself is given up when nobody waits for it any more.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #givenUp: (reason: Error) => Error;

  /** @param givenUp makes the error of whoever gives up. */
  constructor(givenUp: (reason: Error) => Error) {
    this.#givenUp = givenUp;
  }

  /** @param key contains all that decides the answer. */
  share(key: string, cancellation: Cancellation, start: (cancellation: Cancellation) => Promise<T>): Promise<T> {
    const flight = this.#flights.get(key) ?? this.#take(key, start);
    return new Promise((resolve, reject) => {
      flight.join(new Passenger(flight, cancellation, resolve, reject));
    });
  }

  #take(key: string, start: (cancellation: Cancellation) => Promise<T>): Flight<T> {
    const flight: Flight<T> = new Flight(this.#givenUp, () => {
      // A later flight with the key is another one.
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    start(flight).then(flight.land, flight.fail);
    return flight;
  }
}

/** Is given up when it has no passengers any more. */
class Flight<T> extends Cancellation {
  readonly givenUp: (reason: Error) => Error;
  readonly #close: () => void;
  readonly #passengers = new Set<Passenger<T>>();

  /** @param close lets nobody join any more. */
  constructor(givenUp: (reason: Error) => Error, close: () => void) {
    super();
    this.givenUp = givenUp;
    this.#close = close;
  }

  join(passenger: Passenger<T>): void {
    this.#passengers.add(passenger);
  }

  leave(passenger: Passenger<T>, reason: Error): void {
    this.#passengers.delete(passenger);
    if (this.#passengers.size > 0) return;
    // Before it is given up: who comes between that and its effect must not join.
    this.#close();
    this.cancel(reason);
  }

  readonly land = (value: T): void => {
    this.#close();
    for (const passenger of this.#passengers) passenger.land(value);
  };

  readonly fail = (error: unknown): void => {
    this.#close();
    for (const passenger of this.#passengers) passenger.fail(error);
  };
}

/** Somebody who waits for a flight to land. */
class Passenger<T> implements Cancelable {
  readonly #flight: Flight<T>;
  readonly #cancellation: Cancellation;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;

  constructor(flight: Flight<T>, cancellation: Cancellation, resolve: (value: T) => void, reject: (error: unknown) => void) {
    this.#flight = flight;
    this.#cancellation = cancellation;
    this.#resolve = resolve;
    this.#reject = reject;
    cancellation.add(this);
  }

  land(value: T): void {
    this.#cancellation.delete(this);
    this.#resolve(value);
  }

  fail(error: unknown): void {
    this.#cancellation.delete(this);
    this.#reject(error);
  }

  cancel(reason: Error): void {
    this.#reject(this.#flight.excuse?.() ?? this.#flight.givenUp(reason));
    this.#flight.leave(this, reason);
  }
}
