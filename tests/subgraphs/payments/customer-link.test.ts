import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../settings/settings.ts';
import { paymentsSettings } from '../../../subgraphs/payments/settings.ts';
import { mockStripe } from './stripe-mock.ts';
import { paymentIntent } from './stripe-objects.ts';

describe('the settings of every payment processor', () => {
  it.each([
    ['', true],
    ['email', true],
    ['property:stripe_id', false],
  ])('need the e-mail of a payer with CUSTOMER_LINK=%s: %j', (CUSTOMER_LINK, needsPayerEmail) => {
    expect(parseSettings(paymentsSettings, { CUSTOMER_LINK }, [])).toMatchObject({
      needsPayerEmail,
    });
  });

  it('leave it to the CRM to report a wrong CUSTOMER_LINK, and need the e-mail until it is right', () => {
    const problems: string[] = [];
    expect(parseSettings(paymentsSettings, { CUSTOMER_LINK: 'property:' }, problems)).toMatchObject(
      { needsPayerEmail: true },
    );
    expect(problems).toEqual([]);
  });
});

const stripe = mockStripe({ CUSTOMER_LINK: 'property:stripe_id' });

describe('a payer of a graph whose people are linked by a property', () => {
  it('needs no e-mail, so nothing is expanded for it', async () => {
    stripe.get('/v1/payment_intents/pi_1', {}, paymentIntent('pi_1'));
    const { data } = await stripe.graph.ask(
      '{ payment(id: "pi_1") { payer { reference email } } }',
    );
    expect(data).toEqual({ payment: { payer: { reference: 'cus_1', email: null } } });
  });
});
