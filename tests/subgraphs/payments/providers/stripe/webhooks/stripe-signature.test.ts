import { createHmac } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { Credential } from '../../../../../../upstream/credential.ts';
import { createStripeProvider } from '../../../../../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import { testResources } from '../../../../test-resources.ts';

const SECRET = 'whsec_first_of_this_test';
const OLDER = 'whsec_second_of_this_test';
const NOW = 1_700_000_000_000;
const SECONDS = NOW / 1000;
const BODY = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  livemode: false,
  created: SECONDS,
  data: { object: { id: 'pi_1', object: 'payment_intent', customer: 'cus_1' } },
});

/** It is not asked for anything. */
const provider = createStripeProvider(
  {
    secretKey: new Credential('sk_test_1'),
    baseUrl: 'http://127.0.0.1:1',
    rateLimit: null,
    endpointRateLimit: null,
    webhookSecrets: [SECRET, OLDER],
  },
  {},
  testResources({}),
);
afterAll(() => provider.close());

/** Stripe's own generator. */
const sign = (over: Partial<Stripe.WebhookTestHeaderOptions> = {}) =>
  Stripe.webhooks.generateTestHeaderString({
    payload: BODY,
    secret: SECRET,
    timestamp: SECONDS,
    ...over,
  });

const hexOf = (time: string, body = BODY, secret = SECRET) =>
  createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');

function receive(
  header: string | string[] | undefined,
  { body = BODY, now = NOW }: { readonly body?: string | Buffer; readonly now?: number } = {},
) {
  const result = provider.events?.webhooks?.receive({
    method: 'POST',
    url: 'https://api.example.com/webhooks/stripe',
    // A cast: Node.js joins headers that come twice, but a test of misuse does not.
    headers: { 'stripe-signature': header },
    body: Buffer.from(body),
    now,
  });
  return result?.kind === 'refused' ? result.reason : result?.kind;
}

describe('a delivery that Stripe has signed', () => {
  it.each([
    ['by the newest secret', sign()],
    ['by an older secret, while it is rolled', sign({ secret: OLDER })],
    ['exactly 300 seconds ago', sign({ timestamp: SECONDS - 300 })],
    ['300 seconds from now, by another clock', sign({ timestamp: SECONDS + 300 })],
    ['by Node.js alone', `t=${String(SECONDS)},v1=${hexOf(String(SECONDS))}`],
    [
      'with several signatures, of which one fits',
      `t=${String(SECONDS)},v1=${'0'.repeat(64)},v1=${hexOf(String(SECONDS))},v0=${'1'.repeat(64)}`,
    ],
    ['with spaces after the commas', sign().replace(',', ', ')],
  ])('is accepted: %s', (_case, header) => {
    expect(receive(header)).toBe('events');
  });

  it('is accepted as the bytes that were signed, which are no text of UTF-8', () => {
    const body = Buffer.concat([
      Buffer.from('{"id":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const digest = createHmac('sha256', SECRET)
      .update(`${String(SECONDS)}.`)
      .update(body)
      .digest('hex');
    expect(receive(`t=${String(SECONDS)},v1=${digest}`, { body })).toBe('unreadable');
  });
});

describe('a delivery is refused', () => {
  it.each([
    ['forged: an invented signature', sign({ signature: 'a'.repeat(64) }), 'wrong-signature'],
    ['wrong secret', sign({ secret: 'whsec_of_somebody_else' }), 'wrong-signature'],
    ['another scheme', sign({ scheme: 'v0' }), 'unsigned'],
    ['stale', sign({ timestamp: SECONDS - 301 }), 'too-old'],
    ['future', sign({ timestamp: SECONDS + 301 }), 'too-new'],
    ['a day ahead, which the library accepts', sign({ timestamp: SECONDS + 86_400 }), 'too-new'],
    ['another time than the signed one', sign().replace('t=17', 't=18'), 'wrong-signature'],
    ['upper-case digits', sign().replace(/[a-f0-9]{64}/, (hex) => hex.toUpperCase()), 'unsigned'],
    ['a signature that is cut short', sign().slice(0, -1), 'unsigned'],
    ['no header', undefined, 'unsigned'],
    ['an empty header', '', 'unsigned'],
    ['a header that came as a list', [sign()], 'unsigned'],
    ['no time', `v1=${hexOf(String(SECONDS))}`, 'unsigned'],
    ['no signature', `t=${String(SECONDS)}`, 'unsigned'],
    ['two times', `t=${String(SECONDS)},${sign()}`, 'unsigned'],
    ['garbage', ',,=,t,v1,=v1=t=\u0000', 'unsigned'],
    ['a list of 10,000 commas', ','.repeat(10_000), 'unsigned'],
    [
      'more signatures than there can be secrets',
      `t=${String(SECONDS)}${`,v1=${hexOf(String(SECONDS))}`.repeat(17)}`,
      'unsigned',
    ],
    ['a header of 3,000 characters', `${sign()},v0=${'0'.repeat(3000)}`, 'unsigned'],
  ])('%s', (_case, header, reason) => {
    expect(receive(header)).toBe(reason);
  });

  it.each(['NaN', '', '-1', '1e3', '0x10', '1700000000.5', ' 1700000000', '01700000000', '９'])(
    'with the time %j, even if that is what was signed',
    (time) => {
      expect(receive(`t=${time},v1=${hexOf(time)}`)).toBe('unsigned');
    },
  );

  it('when it is replayed six minutes later', () => {
    expect(receive(sign(), { now: NOW + 360_000 })).toBe('too-old');
  });

  it('when its body was parsed and written again', () => {
    const body = JSON.stringify(JSON.parse(BODY), undefined, 2);
    expect(receive(sign(), { body })).toBe('wrong-signature');
  });

  it('when its body has one more byte', () => {
    expect(receive(sign(), { body: `${BODY}\n` })).toBe('wrong-signature');
  });
});
