import { describe, expect, it } from '@jest/globals';
import { openSubgraph } from '../open-subgraph.ts';
import { payments } from '../../../subgraphs/payments/subgraph.ts';
import { mockStripe } from './stripe-mock.ts';
import { invoice } from './stripe-objects.ts';

const stripe = mockStripe({ PAYMENTS_TIME_ZONE: 'America/Los_Angeles' });

const LINE = '{ description: "A thing", unitAmount: { amount: "10.50", currency: "EUR" } }';

describe('the due date of an invoice, in the time zone of PAYMENTS_TIME_ZONE', () => {
  it('is the day of the time at which it becomes overdue', async () => {
    const due_date = Date.parse('2026-03-02T07:59:59Z') / 1000;
    stripe.get('/v1/invoices/in_1', {}, invoice('in_1', 1, { due_date }));
    const { data } = await stripe.graph.ask('{ invoice(id: "in_1") { dueOn dueAt } }');
    expect(data).toEqual({
      invoice: { dueOn: '2026-03-01', dueAt: '2026-03-02T07:59:59.000Z' },
    });
  });

  it.each([
    ['2030-01-31', '2030-02-01T07:59:59Z'],
    ['2030-03-10', '2030-03-11T06:59:59Z'],
    ['2030-07-01', '2030-07-02T06:59:59Z'],
  ])('%s ends at %s, and is read back as the same day', async (day, end) => {
    const drafts = stripe.post('/v1/invoices', invoice('in_1'));
    const due_date = Date.parse(end) / 1000;
    const body = invoice('in_1', 1, { due_date });
    stripe.post('/v1/invoices/in_1/add_lines', body);
    stripe.get('/v1/invoices/in_1', {}, body);
    const { data, errors } = await stripe.graph.ask(
      `mutation { createInvoice(input: { billingAccountId: "cus_1", dueOn: "${day}", lines: [${LINE}] }) { invoice { dueOn } } }`,
    );
    expect(errors).toEqual([]);
    expect(drafts[0]?.form['due_date']).toBe(String(due_date));
    expect(data).toEqual({ createInvoice: { invoice: { dueOn: day } } });
  });
});

describe('PAYMENTS_TIME_ZONE', () => {
  it('must be the name of a time zone', () => {
    expect(() =>
      openSubgraph(payments, {
        STRIPE_SECRET_KEY: 'sk_test_1',
        PAYMENTS_TIME_ZONE: 'Mars/Olympus',
      }),
    ).toThrow('PAYMENTS_TIME_ZONE must be the IANA name of a time zone, such as Europe/Berlin.');
  });
});
