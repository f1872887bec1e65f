import { hash } from 'node:crypto';
import { z } from 'zod';
import type { KeyValueStore } from '../../../../state/shared-state.ts';

export interface RecentAccountsOptions {
  readonly keyValues: KeyValueStore;
  /** The name of the Stripe account. Contains no credential. */
  readonly account: string;
  /** Cache lifetime of a search's response. */
  readonly cachedSeconds: number;
}

/**
 * The customers that this graph has created recently, by their e-mail addresses: Stripe's search does not find them for up to a minute
 * (https://docs.stripe.com/search#data-freshness). Instances with shared state share them.
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

  /** If two are added for one address at the same moment, one may be lost; the search finds it a minute later. */
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
