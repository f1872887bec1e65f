import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import { list, stripeError } from './stripe-objects.ts';

const stripe = mockStripe();

describe('a refusal or failure of the processor has a code, and no text of the vendor', () => {
  it.each([
    [400, stripeError('invalid_request_error', { param: 'limit' }), 'UPSTREAM_REJECTED'],
    [401, stripeError('invalid_request_error'), 'UPSTREAM_AUTH'],
    [
      403,
      stripeError('invalid_request_error', { code: 'more_permissions_required' }),
      'UPSTREAM_AUTH',
    ],
    [500, stripeError('api_error'), 'UPSTREAM_UNAVAILABLE'],
    [503, 'upstream connect error', 'UPSTREAM_UNAVAILABLE'],
    [200, { object: 'list', data: 'garbage' }, 'UPSTREAM_CONTRACT'],
    [200, '<html>', 'UPSTREAM_CONTRACT'],
  ])('%i', async (status, body, code) => {
    stripe.get('/v1/payment_intents', { limit: 20 }, body, status);
    const { data, errors, messages } = await stripe.graph.ask('{ payments { nodes { id } } }');
    expect([data, errors]).toEqual([{ payments: null }, [`payments: ${code}`]]);
    expect(messages.join()).not.toMatch(/stripe|sk_test|http/i);
  });

  it('429 (not in any recording; after https://docs.stripe.com/rate-limits)', async () => {
    stripe.get(
      '/v1/payment_intents',
      { limit: 20 },
      stripeError('rate_limit_error', { code: 'rate_limit' }),
      429,
    );
    expect((await stripe.graph.ask('{ payments { nodes { id } } }')).errors).toEqual([
      'payments: UPSTREAM_RATE_LIMITED',
    ]);
  });
});

describe('a single record', () => {
  it('is a contract error if it lacks a field that the processor always sends', async () => {
    stripe.get(
      '/v1/payment_intents/pi_1',
      {},
      {
        id: 'pi_1',
        object: 'payment_intent',
        amount: 10.5,
        currency: 'eur',
        created: 1,
        status: 'succeeded',
      },
    );
    expect((await stripe.graph.ask('{ payment(id: "pi_1") { id } }')).errors).toEqual([
      'payment: UPSTREAM_CONTRACT',
    ]);
  });

  it.each(['payment', 'invoice', 'billingAccount', 'recurringPlan'])(
    '%s: a malformed id is BAD_USER_INPUT and makes no call',
    async (field) => {
      for (const id of [
        '',
        '..',
        // Only a customer may have an id that its owner chose.
        field === 'billingAccount' ? 'search' : 'xx_1',
        '../v1/charges',
        'pi_1?x',
        `pi_${'1'.repeat(256)}`,
        'pi_1\n',
      ]) {
        const { data, errors, calls } = await stripe.graph.ask(
          `query ($id: ID!) { ${field}(id: $id) { id } }`,
          { id },
        );
        expect([data, errors, calls]).toEqual([
          { [field]: null },
          [`${field}: BAD_USER_INPUT`],
          [],
        ]);
      }
    },
  );
});

describe('a value that this schema does not list', () => {
  it('is UNKNOWN', async () => {
    const items = [
      { id: 'pi_1', amount: 1, created: 1, currency: 'eur', status: 'requires_a_miracle' },
    ];
    stripe.get('/v1/payment_intents', { limit: 20 }, list(items));
    const { data } = await stripe.graph.ask('{ payments { nodes { id status } } }');
    expect(data).toEqual({ payments: { nodes: [{ id: 'pi_1', status: 'UNKNOWN' }] } });
  });
});
