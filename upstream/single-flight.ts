import { type Cancelable, Cancellation } from '../request/cancellation.ts';

/**
 * Lets concurrent callers with the same key share one call. A caller that cancels is rejected alone. The call itself is cancelled
 * when its last caller has cancelled.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #cancelled: (reason: Error) => Error;

  /** @param cancelled makes the error of a caller that cancels. */
  constructor(cancelled: (reason: Error) => Error) {
    this.#cancelled = cancelled;
  }

  /** @param key contains all that decides the answer. */
  share(
    key: string,
    { cancellation, deadlineAt = Infinity }: TimeToWait,
    start: (flight: SharedTime) => Promise<T>,
  ): Promise<T> {
    const known = this.#flights.get(key);
    const flight = known ?? this.#open(key);
    const answer = new Promise<T>((resolve, reject) => {
      flight.join(new FlightWaiter(flight, cancellation, resolve, reject), deadlineAt);
    });
    // Once somebody waits: what it starts may ask at once until when.
    if (known === undefined) start(flight).then(flight.complete, flight.fail);
    return answer;
  }

  /** Whether a call with the key is under way that began before a time, as `performance.now()` tells it. */
  isUnderWaySince(key: string, time: number): boolean {
    const flight = this.#flights.get(key);
    return flight !== undefined && flight.startedAt < time;
  }

  #open(key: string): Flight<T> {
    const flight: Flight<T> = new Flight(this.#cancelled, () => {
      // A later flight with the key is another one.
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    return flight;
  }
}

/** Until when somebody waits. */
export interface TimeToWait {
  readonly cancellation: Cancellation;
  /** When the cancellation is going to come, as `performance.now()` tells it. @default never */
  readonly deadlineAt?: number | undefined;
}

/** Is cancelled when the last caller has cancelled. */
export interface SharedTime extends Cancellation {
  /** The latest of all that wait or have waited, as `performance.now()` tells it; Infinity where there is none. */
  readonly deadlineAt: number;
}

/** Is given up when it has no passengers any more. */
class Flight<T> extends Cancellation implements SharedTime {
  readonly cancelled: (reason: Error) => Error;
  readonly startedAt = performance.now();
  readonly #close: () => void;
  readonly #waiters = new Set<FlightWaiter<T>>();
  #deadlineAt = -Infinity;

  /** @param close keeps further callers from joining. */
  constructor(cancelled: (reason: Error) => Error, close: () => void) {
    super();
    this.cancelled = cancelled;
    this.#close = close;
  }

  get deadlineAt(): number {
    return this.#deadlineAt;
  }

  join(waiter: FlightWaiter<T>, deadlineAt: number): void {
    this.#waiters.add(waiter);
    this.#deadlineAt = Math.max(this.#deadlineAt, deadlineAt);
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
