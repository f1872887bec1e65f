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
 * @param secrets count all of them while one replaces another
 * @returns undefined where it has
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
  /** Milliseconds since 1970, as it is sent. */
  readonly time: string;
  readonly secret: string;
}

export const signatureOf = ({ method, url, body, time, secret }: SignedRequest): Buffer =>
  createHmac('sha256', secret)
    .update(`${method}${decodeSigned(url)}`)
    .update(body)
    .update(time)
    .digest();

/** Milliseconds since 1970: anything else would be read as another time, or as none. */
const TIME = /^[1-9]\d{0,14}$/;

/** Some proxies read the `+` of base64 as a space, as it is in a form. */
function readSignature({
  'x-hubspot-signature-v3': header,
}: IncomingHttpHeaders): Buffer | undefined {
  const text = typeof header === 'string' ? header.replaceAll(' ', '+') : '';
  return SHA256_IN_BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

const SHA256_IN_BASE64 = /^[A-Za-z\d+/]{43}=$/;

/** HubSpot signs the URL with these characters as they are, and all others as they were sent. */
const decodeSigned = (url: string) =>
  url.replaceAll(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (code) => decodeURIComponent(code));
