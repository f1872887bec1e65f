import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import type { EventLogger } from '../../monitoring/event-logger.ts';
import { cannotCheck } from '../refusal.ts';

/**
 * The keys that an issuer publishes at a URL. They are read again in the background when they are old, and where a token names one that
 * is not among them, but not more often than every 30 seconds. While the issuer is out of reach the keys that are known go on.
 */
export class IssuerKeys {
  readonly #set: ReturnType<typeof createRemoteJWKSet>;
  #loadedAt = -Infinity;
  #failedAt = -Infinity;
  #logger: EventLogger | undefined;

  constructor(url: URL) {
    this.#set = createRemoteJWKSet(url, {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: COOLDOWN_MS,
      // Else nobody would be let in once they are old and the issuer is out of reach: they are read again below.
      cacheMaxAge: Infinity,
      [customFetch]: (resource, options) => this.#fetch(resource, options),
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

  #refresh(): void {
    if (this.#loadedAt === -Infinity || Date.now() - this.#loadedAt < MAX_AGE_MS || this.#set.reloading) return;
    this.#set.reload().catch(() => undefined); // It is in the log.
  }

  /** jose waits between two readings only where the first went well. */
  async #fetch(resource: string, options: RequestInit): Promise<Response> {
    if (Date.now() - this.#failedAt < PAUSE_MS) throw new Error("The issuer's keys could not be read a moment ago.");
    let reason = 'no answer';
    try {
      const response = await fetch(resource, options);
      reason = `status ${String(response.status)}`;
      if (response.status !== 200) throw new Error('The issuer did not answer with its keys.');
      // Read here: a body that breaks off is a failure like any other.
      const body = await response.text();
      reason = 'no JSON';
      JSON.parse(body);
      this.#loadedAt = Date.now();
      return new Response(body);
    } catch (error) {
      this.#failedAt = Date.now();
      this.#logger?.warn({ reason }, "the token issuer's keys cannot be read");
      throw error;
    }
  }
}

const TIMEOUT_MS = 5000;
const COOLDOWN_MS = 30_000;
const PAUSE_MS = 5000;
const MAX_AGE_MS = 600_000;

/** All else that goes wrong is about the issuer. */
const isAboutToken = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported;
