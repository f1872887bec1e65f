import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import { paymentIntent } from './stripe-objects.ts';

const stripe = mockStripe({ CUSTOMER_LINK: 'property:stripe_id' });

describe('a payer of a graph whose people are linked by a property', () => {
  it('needs no e-mail, so nothing is expanded for it', async () => {
    stripe.get('/v1/payment_intents/pi_1', {}, paymentIntent('pi_1'));
    const { data } = await stripe.graph.ask('{ payment(id: "pi_1") { payer { reference email } } }');
    expect(data).toEqual({ payment: { payer: { reference: 'cus_1', email: null } } });
  });
});
