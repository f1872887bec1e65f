import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import type { EventLogger } from '../../../request/event-logger.ts';
import { cannotCheck } from '../refusal.ts';
import { type KeySet, readKeySet } from './key-set.ts';

/**
 * The keys that an issuer publishes at a URL. They are read again in the background when they are old, and where a token names one that
 * is not among them, but not more often than every 30 seconds. While the issuer is out of reach the keys that are known go on.
 */
export class IssuerKeys {
  readonly #set: ReturnType<typeof createRemoteJWKSet>;
  #loadedAt = -Infinity;
  #failedAt = -Infinity;
  #unusable = 0;
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
    if (
      this.#loadedAt === -Infinity ||
      Date.now() - this.#loadedAt < MAX_AGE_MS ||
      this.#set.reloading
    )
      return;
    this.#set.reload().catch(() => undefined); // It is in the log.
  }

  /** jose waits between two readings only where the first went well. */
  async #fetch(resource: string, options: RequestInit): Promise<Response> {
    if (Date.now() - this.#failedAt < PAUSE_MS)
      throw new Error("The issuer's keys could not be read a moment ago.");
    try {
      const { keys, unusable } = await fetchKeySet(resource, options);
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

  /** Once for each change: the keys are read again and again. */
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

/** The answer that came is no key set. */
class Unreadable extends Error {}

async function fetchKeySet(resource: string, options: RequestInit): Promise<KeySet> {
  const response = await fetch(resource, options);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Unreadable(`status ${String(response.status)}`);
  }
  const text = await readText(response.body);
  if (text === undefined) throw new Unreadable(`more than ${String(MAX_BYTES)} bytes`);
  const set = readKeySet(parseJson(text));
  if (set === undefined) throw new Unreadable('not a key set');
  return set;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable('not JSON');
  }
}

/** @returns undefined for more than {@link MAX_BYTES}, of which no more is read. */
async function readText(body: ReadableStream<Uint8Array> | null): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** A set of a hundred keys has some 50 kB. */
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 5000;
const COOLDOWN_MS = 30_000;
const PAUSE_MS = 5000;
const MAX_AGE_MS = 600_000;

/** All else that goes wrong is about the issuer. */
const isAboutToken = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
