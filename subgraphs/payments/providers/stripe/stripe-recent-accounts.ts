import { hash } from 'node:crypto';
import { z } from 'zod';
import type { KeyValueStore } from '../../../../state/shared-state.ts';

export interface RecentAccountsOptions {
  readonly keyValues: KeyValueStore;
  /** Names the Stripe account. Holds no credential. */
  readonly account: string;
  /** How long the response to a search is cached. */
  readonly cachedSeconds: number;
}

/**
 * The customers that this graph has created lately, by their e-mail addresses: Stripe's search does not know them for up to a minute
 * (https://docs.stripe.com/search#data-freshness). All instances that share their state know them.
 */
export class RecentAccounts {
  readonly #keyValues: KeyValueStore;
  readonly #account: string;
  readonly #seconds: number;

  constructor({ keyValues, account, cachedSeconds }: RecentAccountsOptions) {
    this.#keyValues = keyValues;
    this.#account = account;
    this.#seconds = RECENT_SECONDS + cachedSeconds;
  }

  /** Of two that are added for one address at the same moment, one may be lost; search finds it a minute later. */
  async add(email: string, id: string): Promise<void> {
    const ids = new Set([...(await this.idsOf(email)), id]);
    const latest = [...ids].slice(-MAX_PER_EMAIL);
    await this.#keyValues.set(this.#keyOf(email), JSON.stringify(latest), this.#seconds);
  }

  /** Oldest first. */
  async idsOf(email: string): Promise<readonly string[]> {
    const text = await this.#keyValues.get(this.#keyOf(email));
    return text === null ? [] : idsSchema.parse(JSON.parse(text));
  }

  #keyOf(email: string): string {
    const digest = hash('sha256', email.toLowerCase(), 'base64url');
    return `stripe:${this.#account}:recent-accounts:${digest}`;
  }
}

const idsSchema = z.array(z.string());

/** Twice the lag of search. */
const RECENT_SECONDS = 120;
const MAX_PER_EMAIL = 10;
