import { createHmac } from 'node:crypto';
import type { RefusedReason } from '../../../../../events/catch-up/vendor-events.ts';
import { findSignatureProblem } from '../../../../../events/webhooks/signatures.ts';

export interface StripeDelivery {
  /** `t=1492774577,v1=5257a8...` */
  readonly header: string | readonly string[] | undefined;
  /** The raw body. */
  readonly body: Buffer;
  /** All are valid, so that one can replace another. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Checks that Stripe has signed a delivery within five minutes of now: https://docs.stripe.com/webhooks/signature
 * @returns undefined if it is valid
 */
export function findStripeSignatureProblem({
  header,
  body,
  secrets,
  now,
}: StripeDelivery): RefusedReason | undefined {
  const signed = typeof header === 'string' ? readHeader(header) : undefined;
  if (signed === undefined) return 'unsigned';
  const { time, signatures } = signed;
  return findSignatureProblem({
    signatures,
    secrets,
    sign: (secret) => signatureOf(secret, `${time}.`, body),
    time: Number(time) * 1000,
    now,
  });
}

interface SignatureHeader {
  /** The signed digits. */
  readonly time: string;
  readonly signatures: readonly Buffer[];
}

/** @returns undefined unless it has exactly one time, and signatures. Other schemes are ignored. */
function readHeader(header: string): SignatureHeader | undefined {
  if (header.length > MAX_HEADER) return undefined;
  const parts = header.split(',').map((part) => part.trim());
  const times = parts.filter((part) => part.startsWith('t='));
  const [, time] = TIME.exec(times[0] ?? '') ?? [];
  if (time === undefined || times.length > 1) return undefined;
  const signatures = parts.flatMap((part) => {
    const [, hex] = SIGNATURE.exec(part) ?? [];
    return hex === undefined ? [] : [Buffer.from(hex, 'hex')];
  });
  return signatures.length === 0 || signatures.length > MAX_SIGNATURES
    ? undefined
    : { time, signatures };
}

/** Characters. A signature has 67, and there is one for each valid secret. */
const MAX_HEADER = 2000;
const MAX_SIGNATURES = 16;

/** Whole seconds. Other forms could be parsed differently. */
const TIME = /^t=([1-9]\d{0,11})$/;
const SIGNATURE = /^v1=([0-9a-f]{64})$/;

/** @param prefix is the time in the header, and a dot */
export const signatureOf = (secret: string, prefix: string, body: Buffer | string): Buffer =>
  createHmac('sha256', secret).update(prefix).update(body).digest();
