import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Service } from '../../errors/coded-error.ts';
import { cancellationOf } from '../../request/cancellation.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import { pause } from '../../upstream/pause.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { accountOf } from '../../upstream/upstream-policy.ts';
import type { OAuth2 } from './source-policy.ts';

/** The response of a token endpoint. */
export interface GrantedToken {
  readonly accessToken: string;
  /** Replaces the refresh token that was sent, if there is one. */
  readonly refreshToken: string | undefined;
  /** Seconds for which the access token is valid; Infinity if unknown. */
  readonly seconds: number;
}

export interface RefreshedTokensOptions {
  readonly auth: OAuth2 & { readonly refreshToken: string };
  /** The service in errors. */
  readonly service: Service;
  readonly keyValues: KeyValueStore;
  /** Sends a refresh token. */
  readonly send: (refreshToken: string, scope: RequestScope) => Promise<GrantedToken>;
}

/**
 * Access tokens by a refresh token: RFC 6749, section 6. Instances with the same refresh token share the response, as a server may accept
 * each
 * refresh token once and revoke all of them when one is used twice (RFC 9700, section 4.14.2). It is encrypted with the credential from the
 * configuration, so that readers of the store cannot decrypt it.
 */
export class RefreshedTokens {
  readonly #options: RefreshedTokensOptions;
  readonly #key: string;
  readonly #secret: Buffer;
  /** The newest token that this instance knows, in case the store loses it. */
  #latest: StoredToken | undefined;

  constructor(options: RefreshedTokensOptions) {
    const { tokenUrl, clientId, clientSecret, refreshToken } = options.auth;
    const credential = JSON.stringify([tokenUrl, clientId, clientSecret, refreshToken]);
    this.#options = options;
    this.#key = `token:${accountOf(credential)}`;
    this.#secret = Buffer.from(hkdfSync('sha256', credential, '', 'refreshed tokens', 32));
  }

  /**
   * @param replaced an access token that has expired or soon will, or that the source has refused
   * @throws UpstreamError if no token can be fetched, or the scope's deadline has passed
   */
  async renew(replaced: string | undefined, scope: RequestScope): Promise<GrantedToken> {
    const { keyValues, service } = this.#options;
    const lock = `${this.#key}:renewal`;
    for (;;) {
      const known = await this.#valid(replaced);
      if (known !== undefined) return known;
      if ((await keyValues.claim(lock, 'taken', LOCK_SECONDS)) === null)
        return await this.#renewAlone(replaced, scope).finally(() => keyValues.delete(lock));
      // Another instance is renewing it.
      await pause(POLL_MS, cancellationOf(scope.signal)).catch((cause: unknown) => {
        throw new UpstreamError('UPSTREAM_TIMEOUT', service, { cause });
      });
    }
  }

  async #renewAlone(replaced: string | undefined, scope: RequestScope): Promise<GrantedToken> {
    const { auth, keyValues, send } = this.#options;
    // The previous owner of the lock may have renewed it.
    const known = await this.#valid(replaced);
    if (known !== undefined) return known;
    const refreshToken = this.#latest?.refreshToken ?? auth.refreshToken;
    const startedAt = await keyValues.now();
    const granted = await send(refreshToken, scope);
    this.#latest = {
      accessToken: granted.accessToken,
      refreshToken: granted.refreshToken ?? refreshToken,
      expiresAt: granted.seconds === Infinity ? null : startedAt + granted.seconds * 1000,
      renewedAt: startedAt,
    };
    await keyValues.set(this.#key, this.#encrypt(this.#latest), STORED_SECONDS);
    return granted;
  }

  /** The newest token, unless it is about to expire. */
  async #valid(replaced: string | undefined): Promise<GrantedToken | undefined> {
    const { keyValues } = this.#options;
    const [text, now] = await Promise.all([keyValues.get(this.#key), keyValues.now()]);
    const stored = text === null ? undefined : this.#decrypt(text);
    if (stored !== undefined && stored.renewedAt >= (this.#latest?.renewedAt ?? 0))
      this.#latest = stored;
    if (this.#latest === undefined || this.#latest.accessToken === replaced) return undefined;
    const { accessToken, expiresAt } = this.#latest;
    const seconds = expiresAt === null ? Infinity : (expiresAt - now) / 1000;
    return seconds < MIN_SECONDS ? undefined : { accessToken, refreshToken: undefined, seconds };
  }

  #encrypt(token: StoredToken): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#secret, nonce);
    const text = Buffer.concat([cipher.update(JSON.stringify(token)), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** @returns undefined for text that was not encrypted with this credential */
  #decrypt(text: string): StoredToken | undefined {
    const bytes = Buffer.from(text, 'base64url');
    const tagEnd = NONCE_BYTES + TAG_BYTES;
    if (bytes.length <= tagEnd) return undefined;
    try {
      const decipher = createDecipheriv(
        'aes-256-gcm',
        this.#secret,
        bytes.subarray(0, NONCE_BYTES),
      );
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
      const plain = Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
      return storedSchema.safeParse(JSON.parse(plain.toString())).data;
    } catch {
      return undefined;
    }
  }
}

const storedSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Milliseconds since 1970, by the shared clock; null if unknown. */
  expiresAt: z.number().nullable(),
  renewedAt: z.number(),
});

type StoredToken = Readonly<z.output<typeof storedSchema>>;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Longer than a renewal can take. */
const LOCK_SECONDS = 15;
const POLL_MS = 100;

/** A token of another instance with less time left is renewed. */
const MIN_SECONDS = 1;

/** A year: a refresh token that was not used for so long has expired almost everywhere. */
const STORED_SECONDS = 31_536_000;
