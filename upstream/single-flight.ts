import { type Cancelable, Cancellation } from './cancellation.ts';

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
      flight.join(new Passenger({ flight, cancellation, resolve, reject, givenUp: this.#givenUp }));
    });
  }

  #take(key: string, start: (cancellation: Cancellation) => Promise<T>): Flight<T> {
    const flight = new Flight<T>(() => {
      // Who comes between the end of a flight and its effect must not join it; a later flight with the key is another one.
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    flight.take(start);
    return flight;
  }
}

class Flight<T> {
  readonly #passengers = new Set<Passenger<T>>();
  readonly #cancellation = new Cancellation();
  readonly #close: () => void;

  /** @param close lets nobody join any more. */
  constructor(close: () => void) {
    this.#close = close;
  }

  take(start: (cancellation: Cancellation) => Promise<T>): void {
    start(this.#cancellation).then(
      (value) => {
        this.#close();
        for (const passenger of this.#passengers) passenger.land(value);
      },
      (error: unknown) => {
        this.#close();
        for (const passenger of this.#passengers) passenger.fail(error);
      },
    );
  }

  join(passenger: Passenger<T>): void {
    this.#passengers.add(passenger);
  }

  leave(passenger: Passenger<T>, reason: Error): void {
    this.#passengers.delete(passenger);
    if (this.#passengers.size > 0) return;
    this.#close();
    this.#cancellation.cancel(reason);
  }
}

interface PassengerOptions<T> {
  readonly flight: Flight<T>;
  readonly cancellation: Cancellation;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  readonly givenUp: (reason: Error) => Error;
}

/** Somebody who waits for a flight to land. */
class Passenger<T> implements Cancelable {
  readonly #options: PassengerOptions<T>;

  constructor(options: PassengerOptions<T>) {
    this.#options = options;
    options.cancellation.add(this);
  }

  land(value: T): void {
    const { cancellation, resolve } = this.#options;
    cancellation.delete(this);
    resolve(value);
  }

  fail(error: unknown): void {
    const { cancellation, reject } = this.#options;
    cancellation.delete(this);
    reject(error);
  }

  cancel(reason: Error): void {
    const { flight, reject, givenUp } = this.#options;
    reject(givenUp(reason));
    flight.leave(this, reason);
  }
}
