import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import { customer, invoice, line, list, subscription, subscriptionItem } from './stripe-objects.ts';

const stripe = mockStripe();
const lineNumber = (_: unknown, index: number) => line(`il_${String(index + 1)}`);

describe('an invoice', () => {
  it('has its amounts, its day and its page', async () => {
    const body = invoice('in_1', 1, {
      status: 'paid',
      number: 'A-1',
      due_date: 1_762_819_199,
      hosted_invoice_url: 'https://invoice.example/i/1',
      total: -500,
      amount_due: 0,
      amount_paid: 1,
      amount_remaining: 12_345,
    });
    stripe.get('/v1/invoices/in_1', {}, body);
    const { data, errors } = await stripe.graph.ask(
      '{ invoice(id: "in_1") { number status dueOn total { amount } amountDue { amount } amountPaid { amount } amountRemaining { amount } hostedUrl createdAt } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      invoice: {
        number: 'A-1',
        status: 'PAID',
        dueOn: '2025-11-10',
        total: { amount: '-5.00' },
        amountDue: { amount: '0.00' },
        amountPaid: { amount: '0.01' },
        amountRemaining: { amount: '123.45' },
        hostedUrl: 'https://invoice.example/i/1',
        createdAt: '1970-01-01T00:00:01.000Z',
      },
    });
  });

  it('has no page if Stripe has none that can be opened', async () => {
    stripe.get('/v1/invoices/in_1', {}, invoice('in_1', 1, { hosted_invoice_url: 'soon' }));
    const { data, errors } = await stripe.graph.ask('{ invoice(id: "in_1") { id hostedUrl } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({ invoice: { id: 'in_1', hostedUrl: null } });
  });

  it('has the included lines at no extra call, and reads the others', async () => {
    const body = invoice('in_1', 1, { lines: list(Array.from({ length: 10 }, lineNumber), true) });
    stripe.get('/v1/invoices/in_1', {}, body);
    const { data, calls } = await stripe.graph.ask(
      '{ invoice(id: "in_1") { lines(first: 2) { nodes { id description quantity amount { amount } } pageInfo { hasNextPage endCursor } } } }',
    );
    expect(calls).toHaveLength(1);
    const { lines } = data?.['invoice'] as {
      lines: { nodes: unknown[]; pageInfo: { endCursor: string } };
    };
    expect(lines).toMatchObject({
      nodes: [
        { id: 'il_1', description: 'A thing', quantity: '1', amount: { amount: '10.00' } },
        { id: 'il_2' },
      ],
      pageInfo: { hasNextPage: true },
    });

    stripe.get('/v1/invoices/in_1', {}, body);
    stripe.get(
      '/v1/invoices/in_1/lines',
      { limit: 2, starting_after: 'il_2' },
      list([line('il_3'), line('il_4')], true),
    );
    stripe.get(
      '/v1/invoices/in_1/lines',
      { limit: 11 },
      list(Array.from({ length: 11 }, lineNumber)),
    );
    const next = await stripe.graph.ask(
      'query ($after: String) { invoice(id: "in_1") { next: lines(first: 2, after: $after) { nodes { id } } all: lines(first: 11) { nodes { id } } } }',
      { after: lines.pageInfo.endCursor },
    );
    expect(next.errors).toEqual([]);
    expect(next.data).toMatchObject({
      invoice: { next: { nodes: [{ id: 'il_3' }, { id: 'il_4' }] } },
    });
  });

  it('leads to payer, account and plan in one call', async () => {
    const body = invoice('in_1', 1, {
      customer: customer('cus_1', { email: 'a@x.test' }),
      parent: {
        type: 'subscription_details',
        subscription_details: { metadata: {}, subscription: subscription('sub_1') },
      },
    });
    stripe.get(
      '/v1/invoices',
      { limit: 20, 'expand[]': ['data.customer', 'data.parent.subscription_details.subscription'] },
      list([body]),
    );
    const { data, calls } = await stripe.graph.ask(
      '{ invoices { nodes { payer { email } billingAccount { id } recurringPlan { id status } } } }',
    );
    expect(data).toEqual({
      invoices: {
        nodes: [
          {
            payer: { email: 'a@x.test' },
            billingAccount: { id: 'cus_1' },
            recurringPlan: { id: 'sub_1', status: 'ACTIVE' },
          },
        ],
      },
    });
    expect(calls).toHaveLength(1);
  });

  it('is found by account, plan, status and time; UNKNOWN is no filter', async () => {
    stripe.get(
      '/v1/invoices',
      {
        customer: 'cus_1',
        subscription: 'sub_1',
        status: 'uncollectible',
        'created[gte]': 0,
        limit: 5,
      },
      list([invoice('in_1')]),
    );
    const { data, errors } = await stripe.graph.ask(`{
      invoices(first: 5, filter: { billingAccountId: "cus_1", recurringPlanId: "sub_1", status: UNCOLLECTIBLE, createdFrom: "1960-01-01T00:00:00Z" }) { nodes { id } }
      unknown: invoices(filter: { status: UNKNOWN }) { nodes { id } }
    }`);
    expect(data).toEqual({ invoices: { nodes: [{ id: 'in_1' }] }, unknown: null });
    expect(errors).toEqual(['unknown: BAD_USER_INPUT']);
  });
});

describe('a recurring plan', () => {
  it('has its items and the period that all of them share', async () => {
    const price = {
      currency: 'usd',
      unit_amount: null,
      recurring: { interval: 'fortnight', interval_count: 2 },
    };
    const items = [
      subscriptionItem('si_1', { current_period_start: 100, current_period_end: 300 }),
      subscriptionItem('si_2', {
        current_period_start: 200,
        current_period_end: 400,
        quantity: undefined,
        price: { ...price, unit_amount_decimal: '0.5' },
      }),
      subscriptionItem('si_3', {
        current_period_start: null,
        current_period_end: null,
        price: { ...price, unit_amount_decimal: null, recurring: null },
      }),
    ];
    stripe.get(
      '/v1/subscriptions/sub_1',
      {},
      subscription('sub_1', 50, { items: list(items), canceled_at: 250, status: 'past_due' }),
    );
    const { data, errors } = await stripe.graph.ask(
      '{ recurringPlan(id: "sub_1") { status items { id quantity unitAmount { amount currency } interval intervalCount } currentPeriodStart currentPeriodEnd cancelsAtPeriodEnd canceledAt startedAt } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      recurringPlan: {
        status: 'PAST_DUE',
        items: [
          {
            id: 'si_1',
            quantity: '2',
            unitAmount: { amount: '9.00', currency: 'EUR' },
            interval: 'MONTH',
            intervalCount: 1,
          },
          {
            id: 'si_2',
            quantity: null,
            unitAmount: { amount: '0.005', currency: 'USD' },
            interval: 'UNKNOWN',
            intervalCount: 2,
          },
          { id: 'si_3', quantity: '2', unitAmount: null, interval: null, intervalCount: null },
        ],
        currentPeriodStart: '1970-01-01T00:03:20.000Z',
        currentPeriodEnd: '1970-01-01T00:05:00.000Z',
        cancelsAtPeriodEnd: false,
        canceledAt: '1970-01-01T00:04:10.000Z',
        startedAt: '1970-01-01T00:00:50.000Z',
      },
    });
  });

  it('reads its other items if not all were included', async () => {
    stripe.get(
      '/v1/subscriptions/sub_1',
      { 'expand[]': 'customer' },
      subscription('sub_1', 50, {
        items: list([subscriptionItem('si_1')], true),
        customer: customer('cus_1'),
      }),
    );
    stripe.get(
      '/v1/subscription_items',
      { subscription: 'sub_1', limit: 100 },
      list([subscriptionItem('si_1'), subscriptionItem('si_2')]),
    );
    const { data } = await stripe.graph.ask(
      '{ recurringPlan(id: "sub_1") { items { id } billingAccount { id } } }',
    );
    expect(data).toEqual({
      recurringPlan: { items: [{ id: 'si_1' }, { id: 'si_2' }], billingAccount: { id: 'cus_1' } },
    });
  });
});

describe('a billing account', () => {
  it('has its name and address', async () => {
    const address = {
      line1: '1 Main St',
      line2: '',
      city: 'Springfield',
      state: 'IL',
      postal_code: '62701',
      country: 'US',
    };
    stripe.get(
      '/v1/customers/cus_1',
      {},
      customer('cus_1', {
        address,
        delinquent: true,
        phone: '+1 555 0100',
        email: 'a@x.test',
        balance: 5,
        currency: 'kwd',
      }),
    );
    const { data, errors } = await stripe.graph.ask(
      '{ billingAccount(id: "cus_1") { name email phone isDelinquent balance { amount currency } address { line1 line2 city region postalCode country countryCode formatted } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      billingAccount: {
        name: null,
        email: 'a@x.test',
        phone: '+1 555 0100',
        isDelinquent: true,
        balance: { amount: '0.005', currency: 'KWD' },
        address: {
          line1: '1 Main St',
          line2: null,
          city: 'Springfield',
          region: 'IL',
          postalCode: '62701',
          country: 'US',
          countryCode: 'US',
          formatted: '1 Main St, Springfield, IL 62701, US',
        },
      },
    });
  });

  it('has no address without any known part, and is null if it is unknown or deleted', async () => {
    const nowhere = {
      line1: null,
      line2: null,
      city: ' ',
      state: '',
      postal_code: null,
      country: null,
    };
    stripe.get('/v1/customers/cus_1', {}, customer('cus_1', { address: nowhere }));
    stripe.get('/v1/customers/cus_2', {}, { id: 'cus_2', object: 'customer', deleted: true });
    stripe.get(
      '/v1/customers/cus_3',
      {},
      { error: { type: 'invalid_request_error', code: 'resource_missing', param: 'id' } },
      404,
    );
    const { data, errors } = await stripe.graph.ask(
      '{ one: billingAccount(id: "cus_1") { address { city } } two: billingAccount(id: "cus_2") { id } three: billingAccount(id: "cus_3") { id } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ one: { address: null }, two: null, three: null });
  });
});
