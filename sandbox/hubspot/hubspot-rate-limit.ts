/**
 * HubSpot's limits of a private app: 100 calls in ten seconds, 10 of them in one second, and so many a day.
 * https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
export class HubSpotRateLimit {
  readonly #now: () => number;
  #calls: number[] = [];
  #callsToday = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a call, if there is room for it. */
  admit(): boolean {
    const now = this.#now();
    this.#calls = this.#calls.filter((time) => now - time < INTERVAL);
    if (this.#calls.length >= PER_INTERVAL) return false;
    this.#calls.push(now);
    this.#callsToday++;
    return true;
  }

  /** Answers to searches tell of the day only: searching is limited on its own. */
  headers(isSearch: boolean): Record<string, string> {
    const daily = {
      'x-hubspot-ratelimit-daily': String(PER_DAY),
      'x-hubspot-ratelimit-daily-remaining': String(PER_DAY - this.#callsToday),
    };
    if (isSearch) return daily;
    const now = this.#now();
    const lastSecond = this.#calls.filter((time) => now - time < 1000).length;
    return {
      ...daily,
      'x-hubspot-ratelimit-interval-milliseconds': String(INTERVAL),
      'x-hubspot-ratelimit-max': String(PER_INTERVAL),
      'x-hubspot-ratelimit-remaining': String(PER_INTERVAL - this.#calls.length),
      'x-hubspot-ratelimit-secondly': '10',
      'x-hubspot-ratelimit-secondly-remaining': String(Math.max(0, 10 - lastSecond)),
    };
  }
}

const INTERVAL = 10_000;
const PER_INTERVAL = 100;
const PER_DAY = 250_000;
