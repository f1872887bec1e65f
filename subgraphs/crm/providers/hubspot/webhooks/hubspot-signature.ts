import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type {
  RefusedReason,
  WebhookDelivery,
} from '../../../../../events/catch-up/vendor-events.ts';
import { findSignatureProblem } from '../../../../../events/webhooks/signatures.ts';

/**
 * Checks that HubSpot has signed a delivery, in version 3, within five minutes of now:
 * https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 * @param secrets are all valid, so that one can replace another
 * @returns undefined if it is valid
 */
export function findHubspotSignatureProblem(
  { method, url, headers, body, now }: WebhookDelivery,
  secrets: readonly string[],
): RefusedReason | undefined {
  const signature = readSignature(headers);
  const time = headers['x-hubspot-request-timestamp'];
  if (signature === undefined || typeof time !== 'string' || !TIME.test(time)) return 'unsigned';
  return findSignatureProblem({
    signatures: [signature],
    secrets,
    sign: (secret) => signatureOf({ method, url, body, time, secret }),
    time: Number(time),
    now,
  });
}

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer | string;
  /** Milliseconds since 1970, as in the header. */
  readonly time: string;
  readonly secret: string;
}

export const signatureOf = ({ method, url, body, time, secret }: SignedRequest): Buffer =>
  createHmac('sha256', secret)
    .update(`${method}${decodeSigned(url)}`)
    .update(body)
    .update(time)
    .digest();

/** Milliseconds since 1970. Other forms could be parsed differently. */
const TIME = /^[1-9]\d{0,14}$/;

/** Some proxies decode the `+` of base64 as a space, as in a form. */
function readSignature({
  'x-hubspot-signature-v3': header,
}: IncomingHttpHeaders): Buffer | undefined {
  const text = typeof header === 'string' ? header.replaceAll(' ', '+') : '';
  return SHA256_IN_BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

const SHA256_IN_BASE64 = /^[A-Za-z\d+/]{43}=$/;

/** HubSpot decodes these characters before it signs the URL, and no others. */
const decodeSigned = (url: string) =>
  url.replaceAll(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (code) => decodeURIComponent(code));
