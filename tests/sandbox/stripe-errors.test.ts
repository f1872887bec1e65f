import { describe, expect, it } from '@jest/globals';
import { openStripe } from './stripe-requests.ts';

const stripe = openStripe();
const basic = (user: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:`).toString('base64')}`,
});

describe('Stripe sandbox vendor, keys', () => {
  it('accepts a test key as a bearer token or as the user name of basic authentication', () => {
    expect(stripe.ask('/v1/customers', { authorization: 'Bearer sk_test_sandbox' }).status).toBe(
      200,
    );
    expect(stripe.ask('/v1/customers', basic('sk_test_sandbox')).status).toBe(200);
  });

  // The recorder masked the key and dropped most headers of these answers; their bodies have these fields and no more.
  it('returns the recorded error for an invalid key, without a request id', () => {
    const answer = stripe.ask('/v1/customers', { authorization: 'Bearer sk_test_wrong-key1234' });
    expect(answer).toEqual({
      status: 401,
      headers: {},
      body: {
        error: {
          message: 'Invalid API Key provided: sk_test_*********1234',
          type: 'invalid_request_error',
        },
      },
    });
  });

  it.each([[{}], [{ authorization: '' }], [{ authorization: 'Bearer ' }], [basic('')]])(
    'requires a key: %j',
    (headers) => {
      expect(stripe.refusal(stripe.ask('/v1/customers', headers))).toMatchObject({
        status: 401,
        message: expect.stringMatching(/^You did not provide an API key\./),
        type: 'invalid_request_error',
      });
    },
  );
});

describe('Stripe sandbox vendor, refusals', () => {
  it.each([
    ['/v1/customers/cus_x', 404, 'resource_missing', 'id', "No such customer: 'cus_x'"],
    [
      '/v1/payment_intents/pi_x',
      404,
      'resource_missing',
      'intent',
      "No such payment_intent: 'pi_x'",
    ],
    [
      '/v1/customers?starting_after=cus_x',
      400,
      'resource_missing',
      'starting_after',
      "No such customer: 'cus_x'",
    ],
    [
      '/v1/customers?ending_before=cus_x',
      400,
      'resource_missing',
      'ending_before',
      "No such customer: 'cus_x'",
    ],
    [
      '/v1/payment_intents?customer=cus_x',
      400,
      'resource_missing',
      'customer',
      "No such customer: 'cus_x'",
    ],
    ['/v1/refunds?charge=ch_x', 400, 'resource_missing', 'charge', "No such charge: 'ch_x'"],
    [
      '/v1/customers?limit=0',
      400,
      'parameter_invalid_integer',
      'limit',
      'This value must be greater than or equal to 1.',
    ],
    [
      '/v1/customers?limit=101',
      400,
      'parameter_invalid_integer',
      'limit',
      'This value must be less than or equal to 100.',
    ],
    ['/v1/customers?limit=ten', 400, 'parameter_invalid_integer', 'limit', 'Invalid integer: ten'],
    [
      '/v1/customers?created[gte]=now',
      400,
      'parameter_invalid_integer',
      'created[gte]',
      'Invalid integer: now',
    ],
    [
      '/v1/customers?colour=red',
      400,
      'parameter_unknown',
      'colour',
      'Received unknown parameter: colour',
    ],
    ['/v1/customers?a=1&b=2', 400, 'parameter_unknown', 'a', 'Received unknown parameters: a, b'],
    [
      '/v1/customers?created[near]=1',
      400,
      'parameter_unknown',
      'created[near]',
      'Received unknown parameter: created[near]',
    ],
    [
      '/v1/customers?constructor=1',
      400,
      'parameter_unknown',
      'constructor',
      'Received unknown parameter: constructor',
    ],
    ['/v1/customers/cus_x?limit=1', 404, 'resource_missing', 'id', "No such customer: 'cus_x'"],
    [
      '/v1/invoices?status=late',
      400,
      undefined,
      'status',
      'Invalid status: must be one of draft, open, paid, uncollectible, or void',
    ],
    [
      '/v1/customers?expand[]=data.colour',
      400,
      undefined,
      undefined,
      'This property cannot be expanded (data.colour).',
    ],
    [
      '/v1/nothing',
      404,
      undefined,
      undefined,
      expect.stringMatching(/^Unrecognized request URL \(GET: \/v1\/nothing\)\./),
    ],
    [
      '/v1/customers/cus_x/a/b',
      404,
      undefined,
      undefined,
      expect.stringMatching(/^Unrecognized request URL/),
    ],
    ['/', 404, undefined, undefined, expect.stringMatching(/^Unrecognized request URL/)],
  ])('%s', (url, status, code, param, message) => {
    expect(stripe.refusal(stripe.ask(url))).toMatchObject({
      status,
      message,
      type: 'invalid_request_error',
      ...(code !== undefined && {
        code,
        doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      }),
      ...(param !== undefined && { param }),
    });
  });

  it('returns the version and the request id in every response to a valid key', () => {
    const headers = {
      authorization: 'Bearer sk_test_sandbox',
      'stripe-version': '2025-10-29.clover',
    };
    for (const url of ['/v1/customers', '/v1/customers/cus_x']) {
      expect(stripe.ask(url, headers).headers).toEqual({
        'request-id': expect.stringMatching(/^req_[A-Za-z0-9]{14}$/),
        'stripe-version': '2025-10-29.clover',
      });
    }
    expect(stripe.ask('/v1/customers', { ...headers, 'stripe-version': 'newest' }).status).toBe(
      400,
    );
  });
});

describe('Stripe sandbox vendor, limits', () => {
  it('refuses the 26th read of a second if limits are enabled, and not later ones', () => {
    let time = 0;
    const limited = openStripe(() => time);
    limited.sandboxVendor.limits = true;
    const statuses = () => Array.from({ length: 26 }, () => limited.ask('/v1/products').status);
    expect(statuses()).toEqual([...Array<number>(25).fill(200), 429]);
    time += 1001;
    expect(limited.ask('/v1/products').status).toBe(200);
    time += 1001;
    limited.sandboxVendor.limits = false;
    expect(new Set(statuses())).toEqual(new Set([200]));
  });

  it('fails as Stripe does while a fault is set', () => {
    expect(stripe.sandboxVendor.failure?.(429)).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limit', type: 'invalid_request_error' } },
    });
    expect(stripe.sandboxVendor.failure?.(500)).toMatchObject({
      status: 500,
      body: { error: { type: 'api_error' } },
    });
  });
});
