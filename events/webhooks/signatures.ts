import { timingSafeEqual } from 'node:crypto';
import type { RefusedReason } from '../catch-up/vendor-events.ts';

export interface SignedDelivery {
  /** All that came: one of them must be right. Each has as many bytes as {@link sign} returns. */
  readonly signatures: readonly Buffer[];
  /** While one replaces another, each is valid. */
  readonly secrets: readonly string[];
  /** The signature that the vendor makes with a secret. */
  readonly sign: (secret: string) => Buffer;
  /** The time that was signed; milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Checks that a vendor has signed a delivery with one of the secrets, within five minutes of now.
 * @returns undefined where it has
 */
export function findSignatureProblem(delivery: SignedDelivery): RefusedReason | undefined {
  if (!isSigned(delivery)) return 'wrong-signature';
  // After the signature: only what the vendor has signed tells of a wrong clock or of a replay.
  const ageMs = delivery.now - delivery.time;
  if (ageMs > TOLERANCE_MS) return 'too-old';
  return ageMs < -TOLERANCE_MS ? 'too-new' : undefined;
}

/** The vendors' own libraries accept any future time; here the tolerance is the same in both directions. */
const TOLERANCE_MS = 300_000;

/** Takes as long whichever of them fits. */
function isSigned({ signatures, secrets, sign }: SignedDelivery): boolean {
  let isRight = false;
  for (const secret of secrets) {
    const expected = sign(secret);
    for (const signature of signatures) isRight = timingSafeEqual(signature, expected) || isRight;
  }
  return isRight;
}
