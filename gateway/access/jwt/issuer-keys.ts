import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import type { EventLogger } from '../../../request/event-logger.ts';
import type { Problems } from '../../../settings/settings.ts';
import { ExchangeFailure } from '../../../upstream/connection-pool.ts';
import { probe } from '../../../upstream/probe.ts';
import type { ProxySettings } from '../../../upstream/proxy.ts';
import { cannotCheck } from '../refusal.ts';
import { type KeySet, readKeySet } from './key-set.ts';

/**
 * The keys that an issuer publishes at a URL. Refreshed in the background when they are old, and when a token names an unknown key, at most
 * every 30 seconds. While the issuer is unreachable, known keys remain valid.
 */
export class IssuerKeys {
  readonly #proxies: ProxySettings | undefined;
  readonly #set: ReturnType<typeof createRemoteJWKSet>;
  #loadedAt = -Infinity;
  #failedAt = -Infinity;
  #unusable = 0;
  #logger: EventLogger | undefined;

  /** @param proxies the proxies for calls to the issuer */
  constructor(url: URL, proxies: ProxySettings | undefined) {
    this.#proxies = proxies;
    this.#set = createRemoteJWKSet(url, {
      // `probe` has a shorter timeout.
      timeoutDuration: 2 * PAUSE_MS,
      cooldownDuration: COOLDOWN_MS,
      // Expired keys would lock out all callers while the issuer is unreachable: #refresh() reads them again.
      cacheMaxAge: Infinity,
      [customFetch]: (resource) => this.#fetch(new URL(resource)),
    });
  }

  readonly get: JWTVerifyGetKey = async (header, token) => {
    this.#refresh();
    try {
      return await this.#set(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      throw cannotCheck(error);
    }
  };

  logTo(logger: EventLogger): void {
    this.#logger = logger;
  }

  /** @returns what could not be read; in that case known keys remain valid */
  async reload(): Promise<Problems> {
    try {
      await this.#set.reload();
      return [];
    } catch {
      return ["JWT_JWKS_URL: the issuer's keys cannot be read now."];
    }
  }

  #refresh(): void {
    if (
      this.#loadedAt === -Infinity ||
      Date.now() - this.#loadedAt < MAX_AGE_MS ||
      this.#set.reloading
    )
      return;
    this.#set.reload().catch(() => undefined); // #fetch() has logged it.
  }

  /** Waits after failures, too: jose's cooldown applies only after a success. */
  async #fetch(url: URL): Promise<Response> {
    if (Date.now() - this.#failedAt < PAUSE_MS)
      throw new Error("The issuer's keys could not be read a moment ago.");
    try {
      const { keys, unusable } = await fetchKeySet(url, this.#proxies);
      this.#loadedAt = Date.now();
      this.#reportUnusable(unusable, keys.length);
      return Response.json({ keys });
    } catch (error) {
      this.#failedAt = Date.now();
      this.#logger?.warn(
        { reason: error instanceof Unreadable ? error.message : 'no response' },
        "the token issuer's keys cannot be read",
      );
      throw error;
    }
  }

  /** Logs a changed number only: the keys are read repeatedly. */
  #reportUnusable(unusable: number, usable: number): void {
    if (unusable > 0 && unusable !== this.#unusable) {
      this.#logger?.warn(
        { unusable, usable },
        'the token issuer publishes keys that cannot check tokens',
      );
    }
    this.#unusable = unusable;
  }
}

/** The response is not a key set. */
class Unreadable extends Error {}

async function fetchKeySet(
  { origin, pathname }: URL,
  proxies: ProxySettings | undefined,
): Promise<KeySet> {
  const api = { baseUrl: origin, authorize: () => undefined };
  const request = { method: 'GET', path: pathname } as const;
  const { status, body } = await probe(api, request, proxies, MAX_BYTES).catch(refuseTooLarge);
  if (status !== 200) throw new Unreadable(`status ${String(status)}`);
  if (body === undefined) throw new Unreadable('not JSON');
  const set = readKeySet(body);
  if (set === undefined) throw new Unreadable('not a key set');
  return set;
}

function refuseTooLarge(error: unknown): never {
  throw error instanceof ExchangeFailure && error.isTooLarge
    ? new Unreadable(`more than ${String(MAX_BYTES)} bytes`)
    : error;
}

/** A set of 100 keys has about 50 kB. */
const MAX_BYTES = 256 * 1024;
const COOLDOWN_MS = 30_000;
const PAUSE_MS = 5000;
const MAX_AGE_MS = 600_000;

/** Other errors are failures of the issuer. */
const isAboutToken = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
