import { CodedError } from '../../errors/coded-error.ts';

/** The maximum numbers of open streams. */
export interface StreamLimits {
  /** For one caller, or for one network address of anonymous callers. */
  readonly perCaller: number;
  readonly perProcess: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = { perCaller: 20, perProcess: 5000 };

/** Counts open streams. */
export class StreamPlaces {
  readonly #limits: StreamLimits;
  readonly #byClient = new Map<string, number>();
  #taken = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** The number of clients with streams. */
  get clients(): number {
    return this.#byClient.size;
  }

  /**
   * Reserves a slot for a stream.
   * @param clientKey identifies the client for limits
   * @returns a function that releases the slot; idempotent
   * @throws CodedError `RATE_LIMITED`
   */
  take(clientKey: string): () => void {
    const { perCaller, perProcess } = this.#limits;
    const own = this.#byClient.get(clientKey) ?? 0;
    if (own >= perCaller)
      throw tooMany(`This caller has ${String(own)} open subscriptions, and may have no more.`);
    if (this.#taken >= perProcess)
      throw tooMany(
        'This server has as many open subscriptions as it may have. Try again later, or on another instance.',
      );
    this.#byClient.set(clientKey, own + 1);
    this.#taken += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken -= 1;
      const left = (this.#byClient.get(clientKey) ?? 1) - 1;
      if (left === 0) this.#byClient.delete(clientKey);
      else this.#byClient.set(clientKey, left);
    };
  }
}

const tooMany = (message: string) =>
  new CodedError('RATE_LIMITED', message, { retryAfter: RETRY_SECONDS });

/** It is unknown when a stream will end. */
const RETRY_SECONDS = 5;
