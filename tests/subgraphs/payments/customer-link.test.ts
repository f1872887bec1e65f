import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import { customer, paymentIntent } from './stripe-objects.ts';

const stripe = mockStripe({ CUSTOMER_LINK: 'property:stripe_id' });

describe('a payer of a graph whose people are linked by a property', () => {
  it('comes with its e-mail address, by which a customer without that property is found', async () => {
    stripe.get(
      '/v1/payment_intents/pi_1',
      { 'expand[]': 'customer' },
      paymentIntent('pi_1', 1, { customer: customer('cus_1', { email: 'a@x.test' }) }),
    );
    const { data } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { payer { reference email } } }',
    );
    expect(data).toEqual({ payment: { payer: { reference: 'cus_1', email: 'a@x.test' } } });
  });
});
