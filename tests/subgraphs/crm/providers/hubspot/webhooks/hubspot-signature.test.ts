import { describe, expect, it } from '@jest/globals';
import { Signature } from '@hubspot/api-client';
import type { WebhookDelivery } from '../../../../../../events/catch-up/vendor-events.ts';
import { findHubspotSignatureProblem } from '../../../../../../subgraphs/crm/providers/hubspot/webhooks/hubspot-signature.ts';

const SECRET = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
const NOW = 1_700_000_000_000;
const BODY = '{"example_field":"example_value"}';
const URL = 'https://www.example.com/webhook_uri';

interface Delivered {
  readonly url?: string;
  readonly body?: string;
  readonly time?: string;
  readonly signature?: string;
  readonly secret?: string;
}

/** Signed by HubSpot's own library, unless a test says otherwise. */
function deliver({
  url = URL,
  body = BODY,
  time = String(NOW),
  secret = SECRET,
  signature = Signature.getSignature('POST', 'v3', {
    clientSecret: secret,
    signature: '',
    requestBody: body,
    url,
    // A cast: the header holds any text.
    timestamp: time as unknown as number,
  }),
}: Delivered = {}): WebhookDelivery {
  return {
    method: 'POST',
    url,
    headers: { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': time },
    body: Buffer.from(body),
    now: NOW,
  };
}

const problemOf = (delivered: Delivered, secrets = [SECRET]) =>
  findHubspotSignatureProblem(deliver(delivered), secrets);

describe("HubSpot's signature", () => {
  it('of a known request is right', () => {
    expect(
      problemOf({ signature: 'rQEKkaNUiu+1qGF//O/pw4BCzstSqO1PyUnGICmf+7o=' }),
    ).toBeUndefined();
  });

  it('by any of the secrets is right while one replaces another', () => {
    expect(problemOf({ secret: 'old' }, ['new', 'old'])).toBeUndefined();
    expect(problemOf({ secret: 'old' }, ['new'])).toBe('wrong-signature');
  });

  it('is right where a proxy has made spaces of its plus signs', () => {
    const signature = 'rQEKkaNUiu 1qGF//O/pw4BCzstSqO1PyUnGICmf 7o=';
    expect(problemOf({ signature })).toBeUndefined();
  });

  it('is of the URL with some characters decoded, as HubSpot signs it', () => {
    const signed = deliver({ url: "https://example.com/a:b?c=d@e!$'()*,;/f%20g" });
    const sent = 'https://example.com/a%3Ab?c=d%40e%21%24%27%28%29%2a%2C%3b%2Ff%20g';
    expect(findHubspotSignatureProblem({ ...signed, url: sent }, [SECRET])).toBeUndefined();
  });

  it.each<[string, Partial<WebhookDelivery>]>([
    ['body', { body: Buffer.from('{"example_field": "example_value"}') }],
    ['URL', { url: `${URL}?more=1` }],
    ['method', { method: 'PUT' }],
    ['time', { headers: { ...deliver().headers, 'x-hubspot-request-timestamp': String(NOW + 1) } }],
  ])('of another %s is wrong', (_what, other) => {
    expect(findHubspotSignatureProblem({ ...deliver(), ...other }, [SECRET])).toBe(
      'wrong-signature',
    );
  });

  it.each([
    [-300_001, 'too-old'],
    [300_001, 'too-new'],
    [86_400_000, 'too-new'],
    [-300_000, undefined],
    [300_000, undefined],
  ])('that was made %d ms from now: %s', (offset, problem) => {
    expect(problemOf({ time: String(NOW + offset) })).toBe(problem);
  });

  it.each(['NaN', '', '-1', '1e12', '0x10', '1700000000000.0', ' 1700000000000', 'Infinity'])(
    'with a time that is no number of milliseconds does not count: "%s"',
    (time) => {
      expect(problemOf({ time })).toBe('unsigned');
    },
  );

  it.each(['', 'rQEKkaNUiu', 'x'.repeat(44), 'x'.repeat(100_000), `${'A'.repeat(43)}==`])(
    'of another form does not count: %#',
    (signature) => {
      expect(problemOf({ signature })).toBe('unsigned');
    },
  );

  it('that is not there does not count', () => {
    expect(findHubspotSignatureProblem({ ...deliver(), headers: {} }, [SECRET])).toBe('unsigned');
  });
});
