/**
 * HubSpot's limits of a private app: 100 calls in ten seconds, so many a day, and on their own five searches a second.
 * https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 * https://developers.hubspot.com/docs/api-reference/search/guide, "Rate limits"
 */
export class HubSpotRateLimit {
  readonly #now: () => number;
  #calls: number[] = [];
  #searches: number[] = [];
  #callsToday = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a call, if there is room for it. */
  admit(isSearch: boolean): boolean {
    const now = this.#now();
    this.#calls = this.#calls.filter((time) => now - time < INTERVAL);
    this.#searches = this.#searches.filter((time) => now - time < SECOND);
    const [counted, most] = isSearch
      ? [this.#searches, SEARCHES_PER_SECOND]
      : [this.#calls, PER_INTERVAL];
    if (counted.length >= most) return false;
    counted.push(now);
    this.#callsToday++;
    return true;
  }

  /** Responses to searches have only the headers of the daily limit. */
  headers(isSearch: boolean): Record<string, string> {
    const daily = {
      'x-hubspot-ratelimit-daily': String(PER_DAY),
      'x-hubspot-ratelimit-daily-remaining': String(PER_DAY - this.#callsToday),
    };
    if (isSearch) return daily;
    const now = this.#now();
    const lastSecond = this.#calls.filter((time) => now - time < SECOND).length;
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

const SECOND = 1000;
const SEARCHES_PER_SECOND = 5;
const INTERVAL = 10_000;
const PER_INTERVAL = 100;
const PER_DAY = 250_000;
