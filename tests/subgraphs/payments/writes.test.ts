import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import {
  checkoutSession,
  invoice,
  paymentIntent,
  stripeError,
  subscription,
} from './stripe-objects.ts';

/** What goes over the wire to Stripe, and what its refusals become. */
const stripe = mockStripe({ UPSTREAM_MAX_TRIES: '3' });

const ask = (mutation: string, input: string, selection = '') =>
  stripe.graph.ask(
    `mutation { ${mutation}(input: { ${input} }) { ${selection} userErrors { code field message } } }`,
  );

const KEY = /^[0-9a-f]{64}$/;
const LINE =
  '{ description: "A thing", quantity: 2, unitAmount: { amount: "10.50", currency: "EUR" } }';
const CHECKOUT = `billingAccountId: "cus_1", lines: [${LINE}], successUrl: "https://shop.test/thanks?a=1&b=2"`;

describe('createCheckoutSession', () => {
  const PATH = '/v1/checkout/sessions';

  it('sends minor units and a key, and reads the page again', async () => {
    const sent = stripe.post(PATH, checkoutSession('cs_test_1'));
    stripe.get(`${PATH}/cs_test_1`, {}, checkoutSession('cs_test_1'));
    const { data, errors } = await ask(
      'createCheckoutSession',
      CHECKOUT,
      'checkoutSession { id status url total { amount } expiresAt payment { id } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      createCheckoutSession: {
        checkoutSession: {
          id: 'cs_test_1',
          status: 'OPEN',
          url: 'https://checkout.test/c/pay/1',
          total: { amount: '25.00' },
          expiresAt: '2023-11-15T22:13:20.000Z',
          payment: null,
        },
        userErrors: [],
      },
    });
    expect(sent).toEqual([
      {
        key: expect.stringMatching(KEY),
        form: {
          mode: 'payment',
          customer: 'cus_1',
          'line_items[0][price_data][currency]': 'eur',
          'line_items[0][price_data][unit_amount]': '1050',
          'line_items[0][price_data][product_data][name]': 'A thing',
          'line_items[0][quantity]': '2',
          success_url: 'https://shop.test/thanks?a=1&b=2',
        },
      },
    ]);
  });

  it('reads nothing that is not selected', async () => {
    stripe.post(PATH, checkoutSession('cs_test_1'));
    expect((await ask('createCheckoutSession', CHECKOUT)).data).toEqual({
      createCheckoutSession: { userErrors: [] },
    });
  });

  it('has only the record null if it cannot be read afterwards', async () => {
    stripe.post(PATH, checkoutSession('cs_test_1'));
    stripe.get(`${PATH}/cs_test_1`, {}, stripeError('api_error'), 500);
    const { data, errors } = await ask('createCheckoutSession', CHECKOUT, 'checkoutSession { id }');
    expect(data).toEqual({ createCheckoutSession: { checkoutSession: null, userErrors: [] } });
    expect(errors).toEqual(['createCheckoutSession.checkoutSession: UPSTREAM_UNAVAILABLE']);
  });

  it.each([
    [
      { param: 'success_url', code: 'url_invalid' },
      'The payment processor refused input.successUrl.',
    ],
    [
      { param: 'line_items[0][price_data][currency]' },
      'The payment processor refused input.lines.0.unitAmount.currency.',
    ],
    [{ param: 'line_items[0][tax_rates][0]' }, 'The payment processor refused input.lines.0.'],
    [{ param: 'success_url[constructor]' }, 'The payment processor refused input.successUrl.'],
    [
      { code: 'amount_too_small' },
      "input.lines is less than the payment processor's minimum amount.",
    ],
    [
      { code: 'amount_too_large', param: 'line_items[0][price_data][unit_amount]' },
      "input.lines.0.unitAmount.amount is more than the payment processor's maximum amount.",
    ],
  ])(
    "names the part of the input that Stripe refuses, without Stripe's text: %j",
    async (refusal, message) => {
      stripe.post(
        PATH,
        stripeError('invalid_request_error', {
          ...refusal,
          message: 'Words of the vendor for cus_1.',
        }),
        400,
      );
      const { errors, messages } = await ask('createCheckoutSession', CHECKOUT);
      expect([errors, messages]).toEqual([['createCheckoutSession: BAD_USER_INPUT'], [message]]);
    },
  );

  it.each(['mode', 'constructor', '__proto__', 'toString[valueOf]'])(
    'is not a user error for a parameter that is not from the input: %s',
    async (param) => {
      stripe.post(
        PATH,
        stripeError('invalid_request_error', { param, code: 'parameter_unknown' }),
        400,
      );
      expect((await ask('createCheckoutSession', CHECKOUT)).errors).toEqual([
        'createCheckoutSession: UPSTREAM_REJECTED',
      ]);
    },
  );

  it("is UNKNOWN, without Stripe's text, if Stripe has no known reason", async () => {
    for (const message of [
      'You cannot combine currencies on a single customer. More.',
      'Call someone@stripe.test about cus_1',
    ]) {
      stripe.post(PATH, stripeError('invalid_request_error', { message }), 400);
      expect((await ask('createCheckoutSession', CHECKOUT)).data).toEqual({
        createCheckoutSession: {
          userErrors: [
            {
              code: 'UNKNOWN',
              field: null,
              message:
                'The payment processor refused the mutation for a reason that this graph does not know.',
            },
          ],
        },
      });
    }
  });

  it('reports a key that was used with another input, also if only the vendor remembers it', async () => {
    stripe.post(PATH, stripeError('idempotency_error'), 400);
    const { errors, messages } = await ask(
      'createCheckoutSession',
      `${CHECKOUT}, idempotencyKey: "used"`,
    );
    expect([errors, messages]).toEqual([
      ['createCheckoutSession: BAD_USER_INPUT'],
      [
        'idempotencyKey must be a new one for a different input, but this one was sent with another input before.',
      ],
    ]);
  });

  it('is retried with its key while the vendor executes it', async () => {
    const busy = stripe.post(
      PATH,
      stripeError('invalid_request_error', { code: 'idempotency_key_in_use' }),
      409,
    );
    const done = stripe.post(PATH, checkoutSession('cs_test_1'));
    expect((await ask('createCheckoutSession', CHECKOUT)).errors).toEqual([]);
    expect(done[0]?.key).toBe(busy[0]?.key);
  });

  it('has an unknown outcome if the vendor’s response cannot be parsed', async () => {
    stripe.post(PATH, { object: 'checkout.session' });
    expect((await ask('createCheckoutSession', CHECKOUT)).errors).toEqual([
      'createCheckoutSession: OUTCOME_UNKNOWN',
    ]);
  });
});

describe('a success URL', () => {
  it.each([
    [
      'https://shop.test/thanks/{CHECKOUT_SESSION_ID}/done',
      'https://shop.test/thanks/{CHECKOUT_SESSION_ID}/done',
    ],
    [
      'https://shop.test/?session_id={CHECKOUT_SESSION_ID}#{CHECKOUT_SESSION_ID}',
      'https://shop.test/?session_id={CHECKOUT_SESSION_ID}#{CHECKOUT_SESSION_ID}',
    ],
    ['https://shop.test/{other} path', 'https://shop.test/%7Bother%7D%20path'],
  ])('keeps the placeholder that Stripe fills in: %s', async (url, expected) => {
    const sent = stripe.post('/v1/checkout/sessions', checkoutSession('cs_test_1'));
    const input = `billingAccountId: "cus_1", lines: [${LINE}], successUrl: "${url}"`;
    expect((await ask('createCheckoutSession', input)).errors).toEqual([]);
    expect(sent[0]?.form['success_url']).toBe(expected);
  });
});

describe('createInvoice', () => {
  const INPUT = `billingAccountId: "cus_1", dueOn: "2030-01-31", lines: [${LINE}], idempotencyKey: "halfway"`;

  it('completes an interrupted invoice, without a second draft', async () => {
    const [draft, broken] = [
      stripe.post('/v1/invoices', invoice('in_1')),
      stripe.post('/v1/invoices/in_1/add_lines', stripeError('api_error'), 500),
    ];
    expect((await ask('createInvoice', INPUT)).errors).toEqual(['createInvoice: OUTCOME_UNKNOWN']);
    const [again, added] = [
      stripe.post('/v1/invoices', invoice('in_1')),
      stripe.post('/v1/invoices/in_1/add_lines', invoice('in_1')),
    ];
    expect((await ask('createInvoice', INPUT)).data).toEqual({ createInvoice: { userErrors: [] } });
    expect(again).toEqual(draft);
    expect(added).toEqual(broken);
    expect(added[0]?.key).toBe(`${draft[0]?.key ?? ''}-lines`);
    expect(draft[0]?.form).toEqual({
      customer: 'cus_1',
      currency: 'eur',
      collection_method: 'send_invoice',
      auto_advance: 'false',
      pending_invoice_items_behavior: 'exclude',
      due_date: String(Date.UTC(2030, 0, 31, 23, 59, 59) / 1000),
    });
  });
});

describe('refundPayment', () => {
  it.each(['charge_disputed', 'charge_already_refunded'])(
    'names a state by its code: %s',
    async (code) => {
      stripe.post('/v1/refunds', stripeError('invalid_request_error', { code }), 400);
      const { data } = await ask('refundPayment', 'paymentId: "pi_1", reason: FRAUDULENT');
      expect(data).toEqual({
        refundPayment: {
          userErrors: [
            code === 'charge_disputed'
              ? {
                  code: 'NOT_ALLOWED_NOW',
                  field: null,
                  message: 'The payer has disputed the payment.',
                }
              : { code: 'ALREADY_DONE', field: null, message: 'The payment is already refunded.' },
          ],
        },
      });
    },
  );

  it('accepts no amount in another currency than the payment’s', async () => {
    stripe.get('/v1/payment_intents/pi_1', {}, paymentIntent('pi_1'));
    const { errors, messages } = await ask(
      'refundPayment',
      'paymentId: "pi_1", amount: { amount: "1", currency: "USD" }',
    );
    expect([errors, messages]).toEqual([
      ['refundPayment: BAD_USER_INPUT'],
      ["input.amount.currency must be the payment's currency, EUR, but is USD."],
    ]);
  });
});

describe('createRecurringPlan', () => {
  const ITEM =
    '{ description: "Seats", interval: MONTH, unitAmount: { amount: "9", currency: "JPY" } }';

  it.each([
    [{ code: 'card_declined', decline_code: 'lost_card' }, 'The payment method was declined.'],
    [
      { code: 'expired_card', decline_code: 'expired_card' },
      'The payment method was declined: the card has expired.',
    ],
    [
      { code: 'card_declined', decline_code: 'insufficient_funds' },
      'The payment method was declined: insufficient funds.',
    ],
    [
      { code: 'authentication_required' },
      'The payment method was declined: the payer has to confirm the payment first.',
    ],
  ])(
    "is DECLINED if the bank declines with %j, without the bank's text",
    async (reason, message) => {
      stripe.post('/v1/products', { id: 'prod_1' });
      stripe.post(
        '/v1/subscriptions',
        stripeError('card_error', { ...reason, message: 'Your card was declined.' }),
        402,
      );
      stripe.delete('/v1/products/prod_1', { id: 'prod_1', object: 'product', deleted: true });
      const { data } = await ask(
        'createRecurringPlan',
        `billingAccountId: "cus_1", items: [${ITEM}]`,
      );
      expect(data).toEqual({
        createRecurringPlan: { userErrors: [{ code: 'DECLINED', field: null, message }] },
      });
    },
  );

  it('is DECLINED if the bank declines, also for a retry with the key', async () => {
    stripe.post('/v1/products', { id: 'prod_1' });
    const declined = stripeError('card_error', {
      code: 'card_declined',
      message: 'Your card was declined.',
    });
    const sent = stripe.post('/v1/subscriptions', declined, 402);
    stripe.delete('/v1/products/prod_1', { id: 'prod_1', object: 'product', deleted: true });
    for (let times = 0; times < 2; times += 1) {
      const { data } = await ask(
        'createRecurringPlan',
        `billingAccountId: "cus_1", items: [${ITEM}], idempotencyKey: "declined"`,
      );
      expect(data).toEqual({
        createRecurringPlan: {
          userErrors: [
            { code: 'DECLINED', field: null, message: 'The payment method was declined.' },
          ],
        },
      });
    }
    expect(sent).toEqual([
      {
        key: expect.stringMatching(KEY),
        form: {
          customer: 'cus_1',
          'items[0][price_data][currency]': 'jpy',
          'items[0][price_data][unit_amount]': '9',
          'items[0][price_data][product]': 'prod_1',
          'items[0][price_data][recurring][interval]': 'month',
          'items[0][price_data][recurring][interval_count]': '1',
          'items[0][quantity]': '1',
          collection_method: 'charge_automatically',
          payment_behavior: 'error_if_incomplete',
          off_session: 'true',
        },
      },
    ]);
  });
});

describe('a partial result of a refused write', () => {
  const ITEM =
    '{ description: "Seats", interval: MONTH, unitAmount: { amount: "9", currency: "JPY" } }';
  const PLAN = `billingAccountId: "cus_1", items: [${ITEM}, ${ITEM}]`;
  const declined = stripeError('card_error', { code: 'card_declined' });

  it('is removed: the products of a declined plan', async () => {
    stripe.post('/v1/products', { id: 'prod_1' });
    stripe.post('/v1/products', { id: 'prod_2' });
    stripe.post('/v1/subscriptions', declined, 402);
    stripe.delete('/v1/products/prod_1', { id: 'prod_1', deleted: true });
    stripe.delete('/v1/products/prod_2', { id: 'prod_2', deleted: true });
    expect((await ask('createRecurringPlan', PLAN)).data).toMatchObject({
      createRecurringPlan: { userErrors: [{ code: 'DECLINED' }] },
    });
  });

  it('is removed: the draft of an invoice whose lines are refused', async () => {
    stripe.post('/v1/invoices', invoice('in_1'));
    const missing = { code: 'invoice_not_editable' };
    stripe.post('/v1/invoices/in_1/add_lines', stripeError('invalid_request_error', missing), 400);
    stripe.delete('/v1/invoices/in_1', { id: 'in_1', deleted: true });
    const input = `billingAccountId: "cus_1", dueOn: "2030-01-31", lines: [${LINE}]`;
    expect((await ask('createInvoice', input)).data).toMatchObject({
      createInvoice: { userErrors: [{ code: 'NOT_ALLOWED_NOW' }] },
    });
  });

  it('does not change the outcome if it cannot be removed', async () => {
    stripe.post('/v1/products', { id: 'prod_1' });
    stripe.post('/v1/products', { id: 'prod_2' });
    stripe.post('/v1/subscriptions', declined, 402);
    const refusal = stripeError('invalid_request_error');
    stripe.delete('/v1/products/prod_1', refusal, 400);
    stripe.delete('/v1/products/prod_2', refusal, 400);
    const { data, errors } = await ask('createRecurringPlan', PLAN);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ createRecurringPlan: { userErrors: [{ code: 'DECLINED' }] } });
  });

  it('stays if the refusal is not stored, as Stripe repeats what it created for a retry', async () => {
    stripe.post('/v1/products', { id: 'prod_1' });
    stripe.post('/v1/products', { id: 'prod_2' });
    const wrong = { param: 'items[0][price_data][currency]' };
    stripe.post('/v1/subscriptions', stripeError('invalid_request_error', wrong), 400);
    const { errors, calls } = await ask('createRecurringPlan', PLAN);
    expect(errors).toEqual(['createRecurringPlan: BAD_USER_INPUT']);
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  });
});

describe('the second half of a write', () => {
  const INPUT = `billingAccountId: "cus_1", dueOn: "2030-01-31", lines: [${LINE}]`;

  it.each([
    [404, 'UPSTREAM_REJECTED'],
    [401, 'UPSTREAM_AUTH'],
    [403, 'UPSTREAM_AUTH'],
  ])(
    "fails with the processor's response, a plain %i, not with a broken connection",
    async (status, code) => {
      stripe.post('/v1/invoices', invoice('in_1'));
      stripe.post('/v1/invoices/in_1/add_lines', 'Not here.', status);
      expect((await ask('createInvoice', INPUT)).errors).toEqual([`createInvoice: ${code}`]);
    },
  );
});

describe('a refusal whose explanation cannot be read', () => {
  const unexplained = {
    userErrors: [
      {
        code: 'UNKNOWN',
        field: null,
        message:
          'The payment processor refused the mutation for a reason that this graph does not know.',
      },
    ],
  };
  const refusal = stripeError('invalid_request_error');
  const failure = stripeError('invalid_request_error', { code: 'permission' });

  it.each([
    ['sendInvoice', 'invoiceId: "in_1"', '/v1/invoices/in_1/send', '/v1/invoices/in_1', {}],
    ['voidInvoice', 'invoiceId: "in_1"', '/v1/invoices/in_1/void', '/v1/invoices/in_1', {}],
    [
      'refundPayment',
      'paymentId: "pi_1"',
      '/v1/refunds',
      '/v1/payment_intents/pi_1',
      { 'expand[]': 'latest_charge' },
    ],
    [
      'cancelRecurringPlan',
      'recurringPlanId: "sub_1", atPeriodEnd: true',
      '/v1/subscriptions/sub_1',
      '/v1/subscriptions/sub_1',
      {},
    ],
  ] as const)('is a refusal nevertheless: %s', async (name, input, written, read, query) => {
    stripe.post(written, refusal, 400);
    stripe.get(read, query, failure, 403);
    const { data, errors } = await ask(name, input);
    expect(errors).toEqual([]);
    expect(data).toEqual({ [name]: unexplained });
  });
});

describe('cancelRecurringPlan', () => {
  const missing = stripeError('invalid_request_error', { code: 'resource_missing', param: 'id' });

  it('succeeds if the plan has ended after a try whose connection broke', async () => {
    stripe.post('/v1/subscriptions/sub_1', subscription('sub_1'));
    stripe.delete('/v1/subscriptions/sub_1', stripeError('api_error'), 500);
    stripe.get('/v1/subscriptions/sub_1', {}, subscription('sub_1', 1, { status: 'canceled' }));
    expect((await ask('cancelRecurringPlan', 'recurringPlanId: "sub_1"')).data).toEqual({
      cancelRecurringPlan: { userErrors: [] },
    });
  });

  it('succeeds if an earlier try of its own ended the plan', async () => {
    stripe.post('/v1/subscriptions/sub_1', subscription('sub_1'));
    stripe.delete('/v1/subscriptions/sub_1', missing, 404);
    stripe.get('/v1/subscriptions/sub_1', {}, subscription('sub_1', 1, { status: 'canceled' }));
    expect((await ask('cancelRecurringPlan', 'recurringPlanId: "sub_1"')).data).toEqual({
      cancelRecurringPlan: { userErrors: [] },
    });
  });

  it('has an unknown outcome if the plan is still active after a try whose connection broke', async () => {
    stripe.post('/v1/subscriptions/sub_1', subscription('sub_1'));
    stripe.delete('/v1/subscriptions/sub_1', stripeError('api_error'), 500);
    stripe.get('/v1/subscriptions/sub_1', {}, subscription('sub_1'));
    expect((await ask('cancelRecurringPlan', 'recurringPlanId: "sub_1"')).errors).toEqual([
      'cancelRecurringPlan: OUTCOME_UNKNOWN',
    ]);
  });
});
