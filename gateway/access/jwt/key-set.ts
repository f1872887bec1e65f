import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { findAlgorithms } from './public-key.ts';

/** The published keys of an issuer that can verify tokens (RFC 7517, section 5). */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  /** The number of signature keys that were ignored, as the RFC says: of unknown types, malformed, too weak, or private. */
  readonly unusable: number;
}

export type VerificationKey = JsonWebKey & { readonly kid?: string; readonly alg?: string };

/** @returns undefined for a value that is not a key set */
export function readKeySet(value: unknown): KeySet | undefined {
  const published = keySetSchema.safeParse(value).data?.keys;
  if (published === undefined) return undefined;
  const forSignatures = published.filter((entry) => !encryptionKeySchema.safeParse(entry).success);
  const keys = forSignatures.map(readKey).filter((key) => key !== undefined);
  return { keys, unusable: forSignatures.length - keys.length };
}

const keySetSchema = z.object({ keys: z.array(z.unknown()) });

const encryptionKeySchema = z.object({ use: z.literal('enc') });

const keySchema = z.object({
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'))
    .optional(),
  // A published private key would allow every reader to sign.
  d: z.undefined().optional(),
  kty: z.enum(['RSA', 'EC', 'OKP']),
  crv: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});

/** @returns undefined for a key that cannot verify signatures */
function readKey(entry: unknown): VerificationKey | undefined {
  const read = keySchema.safeParse(entry).data;
  if (read === undefined) return undefined;
  const { kid, alg, kty, crv, n, e, x, y } = read;
  try {
    // The cast is safe: Node.js treats undefined properties as absent.
    const key = createPublicKey({ key: { kty, crv, n, e, x, y } as JsonWebKey, format: 'jwk' });
    const found = findAlgorithms(key);
    if ('problem' in found || (alg !== undefined && !found.algorithms.includes(alg)))
      return undefined;
    // Exported by Node.js without the issuer's additional parameters, which could make it unusable later.
    return {
      ...key.export({ format: 'jwk' }),
      ...(kid !== undefined && { kid }),
      ...(alg !== undefined && { alg }),
    };
  } catch {
    return undefined;
  }
}
