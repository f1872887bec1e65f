import { describe, expect, it } from '@jest/globals';
import { payments } from '../../../../../subgraphs/payments/subgraph.ts';
import { readStripeConfig } from '../../../../../subgraphs/payments/providers/stripe/stripe-config.ts';

describe('the configuration', () => {
  it('needs a key only', () => {
    expect(readStripeConfig({ STRIPE_SECRET_KEY: 'sk_test_1' }, [])).toEqual({
      secretKey: 'sk_test_1',
      baseUrl: 'https://api.stripe.com',
      needsPayerEmail: true,
    });
  });

  it('reports every problem at once, and no key', () => {
    const problems: string[] = [];
    const environment = { STRIPE_SECRET_KEY: 'sk test', STRIPE_BASE_URL: 'ftp://x', CUSTOMER_LINK: 'name' };
    expect(payments.create({ sdl: '', environment, problems })).toBeUndefined();
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).toMatch(
      /STRIPE_SECRET_KEY must[^]*STRIPE_BASE_URL must be an http[^]*CUSTOMER_LINK must be email or property/,
    );
    expect(problems.join('\n')).not.toContain('sk test');
  });

  it('refuses a vendor that is not there', () => {
    const problems: string[] = [];
    expect(payments.create({ sdl: '', environment: { PAYMENTS_PROVIDER: 'paypal' }, problems })).toBeUndefined();
    expect(problems).toEqual(['PAYMENTS_PROVIDER must be one of stripe, but is "paypal".']);
  });
});
