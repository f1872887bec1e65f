import { CodedError } from '../../errors/coded-error.ts';

/** How many streams may be open. */
export interface StreamLimits {
  /** Of one caller, or of one network address without a credential. */
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

  /** How many clients have a stream. */
  get clients(): number {
    return this.#byClient.size;
  }

  /**
   * Takes a place for a stream.
   * @param clientKey names the client as limits do
   * @returns what gives it back; calling that again changes nothing
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

/** Nobody knows when a stream will end. */
const RETRY_SECONDS = 5;
