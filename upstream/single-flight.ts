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

  /** @param key contains everything that determines the response */
  share(
    key: string,
    { cancellation, deadlineAt = Infinity }: TimeToWait,
    start: (flight: SharedTime) => Promise<T>,
  ): Promise<T> {
    const known = this.#flights.get(key);
    const flight = known ?? this.#open(key);
    const result = new Promise<T>((resolve, reject) => {
      flight.join(new FlightWaiter(flight, cancellation, resolve, reject), deadlineAt);
    });
    // Only after the first caller has joined: `start` may read the deadline at once.
    if (known === undefined) start(flight).then(flight.complete, flight.fail);
    return result;
  }

  /** Whether a pending call with the key began before `time` (`performance.now()`). */
  isPendingSince(key: string, time: number): boolean {
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

/** How long a caller waits. */
export interface TimeToWait {
  readonly cancellation: Cancellation;
  /** Time of the expected cancellation (`performance.now()`). @default never */
  readonly deadlineAt?: number | undefined;
}

/** The cancellation of a shared call. It is cancelled when the last caller has cancelled. */
export interface SharedTime extends Cancellation {
  /** The latest deadline of all callers so far (`performance.now()`); Infinity if one has none. */
  readonly deadlineAt: number;
}

/** A shared call. It is cancelled when it has no callers left. */
class Flight<T> extends Cancellation implements SharedTime {
  readonly cancelled: (reason: Error) => Error;
  readonly startedAt = performance.now();
  readonly #close: () => void;
  readonly #waiters = new Set<FlightWaiter<T>>();
  #deadlineAt = -Infinity;

  /** @param close prevents further callers from joining */
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
    // Close first: a caller that comes between the cancellation and its effect must not join.
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

/** A caller that waits for a shared call. */
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
