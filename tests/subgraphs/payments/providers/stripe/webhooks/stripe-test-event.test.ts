import { expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { signTestEvent } from '../../../../../../subgraphs/payments/providers/stripe/webhooks/stripe-test-event.ts';

const SECRET = 'whsec_of_this_test';
const EVENT = { id: 'pi_1', url: 'http://127.0.0.1', secret: SECRET, now: Date.now() };

it("a test event of Stripe has a signature that Stripe's library accepts", () => {
  const { body, headers } = signTestEvent({ ...EVENT, type: 'payment_intent.succeeded' }) ?? {};
  const read = Stripe.webhooks.constructEvent(
    body ?? '',
    headers?.['stripe-signature'] ?? '',
    SECRET,
  );

  expect(read).toMatchObject({
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_1' } },
  });
});

it.each([
  'invoice.upcoming',
  'invoice.eaten',
  'balance.available',
  'v1.invoice.paid',
  'deal.creation',
])('there is no test event of Stripe of the type %s', (type) => {
  expect(signTestEvent({ ...EVENT, type })).toBeUndefined();
});
