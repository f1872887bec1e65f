import { describe, expect, it } from '@jest/globals';
import { createStripeProvider } from '../../../../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import { scopeOf, serve } from '../../../../upstream/loopback.ts';
import { Credential } from '../../../../../upstream/credential.ts';
import { testResources } from '../../../test-resources.ts';

const RATE = { limit: 100, windowMs: 1000 };
const NO_FIELDS: ReadonlySet<string> = new Set();

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'OK',
    (error: unknown) => (error instanceof UpstreamError ? error.code : 'OTHER'),
  );

/** Which calls still succeed, after Stripe has refused one for the refund `re_busy`. */
async function afterRefusal(headers: Record<string, string>, code: string) {
  const body = JSON.stringify({ error: { type: 'invalid_request_error', code } });
  await using server = await serve(({ url }, response) => {
    if (url?.startsWith('/v1/refunds/re_busy') === true)
      response.writeHead(429, { 'retry-after': '3600', ...headers }).end(body);
    else response.writeHead(404).end('{"error":{"code":"resource_missing"}}');
  });
  const provider = createStripeProvider(
    {
      secretKey: new Credential('test'),
      baseUrl: server.baseUrl,
      rateLimit: RATE,
      endpointRateLimit: RATE,
    },
    {},
    testResources({}),
  );
  const outcomes = [
    await codeOf(provider.refund('re_busy', scopeOf())),
    await codeOf(provider.refund('re_1', scopeOf())),
    await codeOf(provider.payment('pi_1', NO_FIELDS, scopeOf())),
  ];
  await provider.close();
  return outcomes;
}

const LIMITED = 'UPSTREAM_RATE_LIMITED';

describe('a 429 of Stripe', () => {
  it.each([
    ['lock_timeout', undefined, [LIMITED, 'OK', 'OK']],
    ['rate_limit', 'resource-specific', [LIMITED, 'OK', 'OK']],
    ['rate_limit', 'endpoint-rate', [LIMITED, LIMITED, 'OK']],
    ['rate_limit', 'endpoint-concurrency', [LIMITED, LIMITED, 'OK']],
    ['rate_limit', 'global-rate', [LIMITED, LIMITED, LIMITED]],
    ['rate_limit', 'global-concurrency', [LIMITED, LIMITED, LIMITED]],
    ['rate_limit', 'a-reason-of-tomorrow', [LIMITED, LIMITED, LIMITED]],
    ['rate_limit', undefined, [LIMITED, LIMITED, LIMITED]],
  ])(
    'with code %s and reason %s pauses the same call, the same endpoint or all: %j',
    async (code, reason, expected) => {
      const headers = reason === undefined ? {} : { 'stripe-rate-limited-reason': reason };
      expect(await afterRefusal({ ...headers }, code)).toEqual(expected);
    },
  );
});
