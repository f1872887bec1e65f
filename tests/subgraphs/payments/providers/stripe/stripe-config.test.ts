import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { parseSettings } from '../../../../../settings/settings.ts';
import { problemsOf } from '../../../open-subgraph.ts';
import { payments } from '../../../../../subgraphs/payments/subgraph.ts';
import { Credential } from '../../../../../upstream/credential.ts';
import {
  STRIPE_VERSION,
  stripeSettings,
} from '../../../../../subgraphs/payments/providers/stripe/stripe-config.ts';

describe('the configuration', () => {
  it('pins the version of the stripe package, whose types these tests are checked against', () => {
    expect(STRIPE_VERSION).toBe(Stripe.API_VERSION);
  });

  it('requires only a key', () => {
    expect(parseSettings(stripeSettings, { STRIPE_SECRET_KEY: 'sk_test_1' }, [])).toEqual({
      secretKey: new Credential('sk_test_1'),
      baseUrl: 'https://api.stripe.com',
      rateLimit: { limit: 25, windowMs: 1000 },
      endpointRateLimit: { limit: 25, windowMs: 1000 },
    });
  });

  it.each([
    ['sk_live_1', undefined, { limit: 100, windowMs: 1000 }],
    ['rk_live_1', undefined, { limit: 100, windowMs: 1000 }],
    ['sk_test_1', '190/10s', { limit: 190, windowMs: 10_000 }],
    ['sk_test_1', 'none', null],
  ])(
    '%s with STRIPE_RATE_LIMIT %s is allowed %j',
    (STRIPE_SECRET_KEY, STRIPE_RATE_LIMIT, rateLimit) => {
      expect(
        parseSettings(stripeSettings, { STRIPE_SECRET_KEY, STRIPE_RATE_LIMIT }, []),
      ).toMatchObject({ rateLimit });
    },
  );

  it('limits each endpoint to 25 calls a second with a live key too, by default', () => {
    const parse = (environment: Record<string, string>) =>
      parseSettings(stripeSettings, { STRIPE_SECRET_KEY: 'sk_live_1', ...environment }, []);
    const limited = { endpointRateLimit: { limit: 25, windowMs: 1000 } };
    expect(parse({})).toMatchObject(limited);
    expect(parse({ STRIPE_ENDPOINT_RATE_LIMIT: 'none' })).toMatchObject({
      endpointRateLimit: null,
    });
  });

  it.each([
    ['whsec_1', ['whsec_1']],
    [' whsec_2 ,whsec_1', ['whsec_2', 'whsec_1']],
    [undefined, undefined],
  ])('reads STRIPE_WEBHOOK_SECRETS %j as %j', (STRIPE_WEBHOOK_SECRETS, webhookSecrets) => {
    const environment = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRETS };
    expect(parseSettings(stripeSettings, environment, [])?.webhookSecrets).toEqual(webhookSecrets);
  });

  it.each([
    ['whsec_1,', 'must be 1 to 10 different secrets'],
    ['whsec_1,whsec_1', 'must be 1 to 10 different secrets'],
    ['whsec 1', 'must be 1 to 10 different secrets'],
    [Array.from({ length: 11 }, (_, index) => `whsec_${String(index)}`).join(), 'must be 1 to 10'],
    ['sk_test_123', 'must hold the signing secrets of webhook endpoints (whsec_...)'],
    ['we_123', 'must hold the signing secrets of webhook endpoints (whsec_...)'],
  ])('refuses STRIPE_WEBHOOK_SECRETS %j without naming it', (STRIPE_WEBHOOK_SECRETS, message) => {
    const problems = problemsOf(payments, {
      STRIPE_SECRET_KEY: 'sk_test_1',
      STRIPE_WEBHOOK_SECRETS,
    });
    expect(problems).toEqual([expect.stringContaining(`STRIPE_WEBHOOK_SECRETS ${message}`)]);
    expect(problems.join()).not.toContain(STRIPE_WEBHOOK_SECRETS);
  });

  it('reports every problem at once, and no key', () => {
    const problems = problemsOf(payments, {
      STRIPE_SECRET_KEY: 'sk test',
      STRIPE_BASE_URL: 'ftp://x',
    });
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).toMatch(
      /STRIPE_SECRET_KEY must[^]*STRIPE_BASE_URL must be an http/,
    );
    expect(problems.join('\n')).not.toContain('sk test');
  });

  it('refuses an unknown vendor', () => {
    expect(problemsOf(payments, { PAYMENTS_PROVIDER: 'paypal' })).toEqual([
      'PAYMENTS_PROVIDER must be one of stripe, but is "paypal".',
    ]);
  });
});
