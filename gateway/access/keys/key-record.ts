import { z } from 'zod';
import type { Caller } from '../../../request/caller.ts';

/** An OAuth scope (RFC 6749, section 3.3) without commas, which separate scopes here. */
export const SCOPE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

const limit = z.int().positive().optional();

export const keyRecordSchema = z.object({
  id: z.string(),
  /** The owner or purpose of the key, for people. */
  name: z.string(),
  /** SHA-256 of the key, in hexadecimal digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.union([z.literal('all'), z.array(z.string().regex(SCOPE))]),
  createdAt: z.iso.datetime(),
  /** Null for a key that does not expire. */
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().optional(),
  limits: z
    .object({ requestsPerMinute: limit, costPerMinute: limit, maxConcurrent: limit })
    .optional(),
  audience: z.string().optional(),
});

/** The stored data of an API key. The key itself is not stored. */
export type KeyRecord = Readonly<z.output<typeof keyRecordSchema>>;

export type KeyState = 'active' | 'expired' | 'revoked';

/** @param now milliseconds since the epoch */
export function stateOf({ expiresAt, revokedAt }: KeyRecord, now: number): KeyState {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'active';
}

export function toCaller({ id, scopes, limits, audience }: KeyRecord): Caller {
  return Object.freeze({
    id: `key:${id}`,
    isAuthenticated: true,
    scopes: scopes === 'all' ? scopes : new Set(scopes),
    claims: Object.freeze({}),
    ...(limits !== undefined && { limits: withoutUndefined(limits) }),
    ...(audience !== undefined && { audience }),
  });
}

const withoutUndefined = ({
  requestsPerMinute,
  costPerMinute,
  maxConcurrent,
}: NonNullable<KeyRecord['limits']>) => ({
  ...(requestsPerMinute !== undefined && { requestsPerMinute }),
  ...(costPerMinute !== undefined && { costPerMinute }),
  ...(maxConcurrent !== undefined && { maxConcurrent }),
});
