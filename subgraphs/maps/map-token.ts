import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import type { MapView } from './domain.ts';

/** Encrypts the parameters of an image into a path segment, so that clients can neither read nor create one. */
export interface MapToken {
  write(view: MapView): string;
  /** @returns null for a token that is expired, modified, truncated, or encrypted with another secret */
  read(token: string): MapView | null;
}

export interface MapTokenOptions {
  readonly secret: string | Uint8Array;
  /** Maximum number of seconds until a token expires; the minimum is three quarters of it. */
  readonly linkSeconds: number;
}

/**
 * AES-256-GCM with a synthetic nonce, as in SIV (RFC 5297, section 1.3.2): the nonce is a keyed hash of the content. Equal contents give
 * equal tokens, so that caches can reuse images. Different contents share a nonce only if 96 bits of HMAC-SHA-256 collide, which for
 * 2^32 tokens is less likely than the 2^-32 that NIST SP 800-38D, section 8, allows. A token reveals only whether two are equal, and
 * the approximate length of the address. Node.js has neither AES-SIV nor AES-GCM-SIV (RFC 8452).
 */
export function createMapToken({ secret, linkSeconds }: MapTokenOptions): MapToken {
  const [key, nonceKey] = [deriveKey(secret, 'encryption'), deriveKey(secret, 'nonce')];
  const windowSeconds = Math.floor(linkSeconds / WINDOWS);
  return {
    write: ({ address, width, height, zoom }) => {
      const window = Math.floor(nowSeconds() / windowSeconds) * windowSeconds;
      const content = Buffer.from(
        JSON.stringify([window + linkSeconds, address, width, height, zoom]),
      );
      const nonce = createHmac('sha256', nonceKey)
        .update(content)
        .digest()
        .subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
      return Buffer.concat([nonce, encrypted, cipher.getAuthTag()]).toString('base64url');
    },
    read: (token) => {
      const content = decrypt(token, key);
      if (content === null) return null;
      const [expiresAt = 0, address = '', width = 0, height = 0, zoom = 0] =
        contentSchema.safeParse(JSON.parse(content)).data ?? [];
      return nowSeconds() < expiresAt ? { address, width, height, zoom } : null;
    },
  };
}

/** Tokens of the same view are equal for a quarter of their lifetime. */
const WINDOWS = 4;

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** RFC 5869; one key for each purpose. */
const deriveKey = (secret: string | Uint8Array, purpose: string) =>
  new Uint8Array(hkdfSync('sha256', secret, '', `tributary map token ${purpose}`, 32));

const nowSeconds = () => Date.now() / 1000;

function decrypt(token: string, key: Uint8Array): string | null {
  const bytes = Buffer.from(token, 'base64url');
  // Node.js skips invalid base64url characters: accept only the canonical text of a token.
  if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== token) return null;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString();
  } catch {
    // Authentication failed.
    return null;
  }
}

const contentSchema = z.tuple([z.number(), z.string(), z.int(), z.int(), z.int()]);
