import { timingSafeEqual } from 'node:crypto';
import type { RefusedReason } from '../catch-up/vendor-events.ts';

export interface SignedDelivery {
  /** The received signatures: one must match. Each has as many bytes as {@link sign} returns. */
  readonly signatures: readonly Buffer[];
  /** All are valid, so that one can replace another. */
  readonly secrets: readonly string[];
  /** The expected signature with a secret. */
  readonly sign: (secret: string) => Buffer;
  /** The signed time; milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Checks that a vendor has signed a delivery with one of the secrets, within five minutes of now.
 * @returns undefined if it is valid
 */
export function findSignatureProblem(delivery: SignedDelivery): RefusedReason | undefined {
  if (!isSigned(delivery)) return 'wrong-signature';
  // After the signature: only a signed time shows a wrong clock or a replay.
  const ageMs = delivery.now - delivery.time;
  if (ageMs > TOLERANCE_MS) return 'too-old';
  return ageMs < -TOLERANCE_MS ? 'too-new' : undefined;
}

/** The vendors' own libraries accept any future time; here the tolerance is the same in both directions. */
const TOLERANCE_MS = 300_000;

/** Constant time, whichever of them matches. */
function isSigned({ signatures, secrets, sign }: SignedDelivery): boolean {
  let isRight = false;
  for (const secret of secrets) {
    const expected = sign(secret);
    for (const signature of signatures) isRight = timingSafeEqual(signature, expected) || isRight;
  }
  return isRight;
}
