import { describe, expect, it } from '@jest/globals';
import { openStripe, type Wire } from './stripe-requests.ts';

const SENT = { collection_method: 'send_invoice', days_until_due: 14 };

function draftOf(
  stripe: ReturnType<typeof openStripe>,
  params: Readonly<Record<string, string | number>> = SENT,
) {
  const customer = stripe.newCustomer('debtor');
  return stripe.object(stripe.write('/v1/invoices', { customer, currency: 'chf', ...params }));
}

describe('Stripe sandbox vendor, invoices', () => {
  it('are drafts, then filled, then sent', () => {
    const stripe = openStripe();
    const draft = draftOf(stripe, { ...SENT, description: 'For March', auto_advance: 'false' });
    expect(draft).toMatchObject({
      auto_advance: false,
      billing_reason: 'manual',
      collection_method: 'send_invoice',
      currency: 'chf',
      description: 'For March',
      due_date: draft.created + 14 * 86_400,
      number: null,
      status: 'draft',
      total: 0,
    });
    const filled = stripe.object(
      stripe.write(`/v1/invoices/${draft.id}/add_lines`, {
        'lines[0][amount]': 5000,
        'lines[0][description]': 'Set-up',
        'lines[1][price_data][currency]': 'chf',
        'lines[1][price_data][unit_amount]': 250,
        'lines[1][price_data][product_data][name]': 'Hour',
        'lines[1][quantity]': 3,
      }),
    );
    expect(filled).toMatchObject({
      amount_due: 5750,
      subtotal: 5750,
      total: 5750,
      status: 'draft',
    });
    const lines = stripe.list(`/v1/invoices/${draft.id}/lines`).data;
    expect(lines.map(({ amount, description }) => [amount, description])).toEqual([
      [750, null],
      [5000, 'Set-up'],
    ]);
    const answer = stripe.write(`/v1/invoices/${draft.id}/send`);
    expect(answer.wrote).toBe('/v1/invoices/{id}/send');
    const sent = stripe.object(answer);
    expect(sent).toMatchObject({
      amount_remaining: 5750,
      hosted_invoice_url: expect.stringMatching(/^https:/),
      number: expect.stringMatching(/-0001$/),
      status: 'open',
    });
    expect(stripe.get(`/v1/invoices/${draft.id}`)).toEqual(sent);
    expect(stripe.object(stripe.write(`/v1/invoices/${draft.id}/send`))).toEqual(sent);
    const payments = stripe.list(`/v1/invoice_payments?invoice=${draft.id}`).data;
    expect(payments).toMatchObject([{ amount_requested: 5750, status: 'open' }]);
  });

  it('that are voided have no open payment', () => {
    const stripe = openStripe();
    const { id } = draftOf(stripe);
    stripe.write(`/v1/invoices/${id}/add_lines`, { 'lines[0][amount]': 100 });
    stripe.write(`/v1/invoices/${id}/finalize`);
    const answer = stripe.write(`/v1/invoices/${id}/void`);
    expect(answer.body).toMatchObject({
      status: 'void',
      status_transitions: { voided_at: expect.any(Number) },
    });
    const [payment] = stripe.list(`/v1/invoice_payments?invoice=${id}`).data;
    expect(payment?.['status']).toBe('canceled');
    expect(stripe.refusal(stripe.write(`/v1/invoices/${id}/void`))).toMatchObject({
      status: 400,
      message: "You can only pass in open invoices. This invoice isn't open.",
    });
  });

  it('with nothing to pay are paid once they are final, and cannot be voided', () => {
    const stripe = openStripe();
    const { id } = draftOf(stripe);
    expect(stripe.write(`/v1/invoices/${id}/finalize`).body).toMatchObject({
      attempted: true,
      attempt_count: 0,
      status: 'paid',
    });
    expect(stripe.refusal(stripe.write(`/v1/invoices/${id}/void`)).message).toBe(
      'Invoices with `paid` payments cannot be voided.',
    );
    expect(stripe.refusal(stripe.write(`/v1/invoices/${id}/send`)).message).toMatch(
      /^This invoice cannot be sent right now\./,
    );
  });

  it('include pending items only on request', () => {
    const stripe = openStripe();
    const customer = stripe.newCustomer('waiter');
    const item = stripe.object(
      stripe.write('/v1/invoiceitems', {
        customer,
        amount: 700,
        currency: 'gbp',
        description: 'Waited',
      }),
    );
    expect(item).toMatchObject({ object: 'invoiceitem', amount: 700, invoice: null });
    expect(
      stripe.write('/v1/invoices', { customer, pending_invoice_items_behavior: 'exclude' }).body,
    ).toMatchObject({ total: 0 });
    const taken = stripe.object(
      stripe.write('/v1/invoices', { customer, pending_invoice_items_behavior: 'include' }),
    );
    expect(taken).toMatchObject({
      total: 700,
      currency: 'gbp',
      lines: { data: [{ description: 'Waited' }] },
    });
    expect(stripe.list(`/v1/invoiceitems?customer=${customer}&pending=true`).data).toEqual([]);
    expect(stripe.get(`/v1/invoiceitems/${item.id}`)['invoice']).toBe(taken.id);
  });

  it('include items that name them', () => {
    const stripe = openStripe();
    const draft = draftOf(stripe);
    const item = {
      customer: String(draft['customer']),
      invoice: draft.id,
      amount: 100,
      currency: 'chf',
    };
    expect(stripe.write('/v1/invoiceitems', item).status).toBe(200);
    expect(stripe.get(`/v1/invoices/${draft.id}`)['total']).toBe(100);
    expect(
      stripe.refusal(stripe.write('/v1/invoiceitems', { ...item, currency: 'eur' })),
    ).toMatchObject({
      status: 400,
      param: 'currency',
    });
  });

  it('that are final are neither edited nor finalized again', () => {
    const stripe = openStripe();
    const { id } = draftOf(stripe);
    stripe.write(`/v1/invoices/${id}/add_lines`, { 'lines[0][amount]': 100 });
    stripe.write(`/v1/invoices/${id}/finalize`);
    expect(
      stripe.refusal(stripe.write(`/v1/invoices/${id}/add_lines`, { 'lines[0][amount]': 100 })),
    ).toMatchObject({
      status: 400,
      code: 'invoice_not_editable',
    });
    expect(stripe.refusal(stripe.write(`/v1/invoices/${id}/finalize`)).message).toMatch(
      /^This invoice is already finalized/,
    );
  });

  it.each([
    [{ customer: 'cus_x' }, { code: 'resource_missing', param: 'customer' }],
    [{}, { code: 'parameter_missing', param: 'customer' }],
    [
      { customer: 'known', collection_method: 'send_invoice' },
      { message: expect.stringMatching(/you must specify 'due_date' or 'days_until_due'\.$/) },
    ],
    [
      { customer: 'known', days_until_due: 3 },
      { message: expect.stringMatching(/^You can only specify 'due_date'/) },
    ],
    [
      { customer: 'known', auto_advance: 'perhaps' },
      { message: 'Invalid boolean: perhaps', param: 'auto_advance' },
    ],
  ])('are refused for %p', (params: Record<string, string | number>, refusal) => {
    const stripe = openStripe();
    const customer =
      params['customer'] === 'known' ? { customer: stripe.newCustomer('known') } : {};
    expect(stripe.refusal(stripe.write('/v1/invoices', { ...params, ...customer }))).toMatchObject({
      status: 400,
      ...refusal,
    });
  });

  it('that do not exist return 404, with the parameter of each endpoint', () => {
    const stripe = openStripe();
    const params = ['add_lines', 'send', 'finalize', 'void'].map((action) => {
      const { status, code, param }: Record<string, unknown> = stripe.refusal(
        stripe.write(
          `/v1/invoices/in_x/${action}`,
          action === 'add_lines' ? { 'lines[0][amount]': 1 } : {},
        ),
      );
      return [status, code, param];
    });
    expect(params).toEqual([
      [404, 'resource_missing', 'invoice'],
      [404, 'resource_missing', 'invoice'],
      [404, 'resource_missing', 'id'],
      [404, 'resource_missing', 'id'],
    ]);
  });

  it('of a customer who is charged automatically are not sent', () => {
    const stripe = openStripe();
    const { id } = draftOf(stripe, {});
    expect(stripe.refusal(stripe.write(`/v1/invoices/${id}/send`)).message).toMatch(
      /^You can only manually send an invoice if/,
    );
  });
});

describe('Stripe sandbox vendor, products', () => {
  it('are first in the list when created', () => {
    const stripe = openStripe();
    const product: Wire = stripe.object(
      stripe.write('/v1/products', { name: 'Retainer', 'metadata[kind]': 'service' }),
    );
    expect(product).toMatchObject({
      object: 'product',
      active: true,
      name: 'Retainer',
      metadata: { kind: 'service' },
    });
    expect(stripe.list('/v1/products?limit=1').data).toEqual([product]);
    expect(stripe.refusal(stripe.write('/v1/products', { name: '' }))).toMatchObject({
      code: 'parameter_invalid_empty',
      param: 'name',
    });
  });
});
