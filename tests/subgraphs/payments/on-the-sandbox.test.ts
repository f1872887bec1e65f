import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { type Graph, ofCustomers, person, startPayments } from './ask.ts';

/** States that Stripe reports in a field of their own, from the sandbox vendor's response to the graph's. */
let sandbox: Sandbox<'stripe'>;
let graph: Graph;

beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['stripe'] });
  graph = startPayments(sandbox.environment);
});
afterAll(async () => {
  await graph.close();
  await sandbox.close();
});

type Body = Readonly<Record<string, unknown>> & { readonly id: string };

/** Asks the sandbox vendor as any other program of the account would. */
async function call(path: string, form?: Readonly<Record<string, string>>): Promise<Body> {
  const response = await fetch(`${sandbox.stripe.baseUrl}${path}`, {
    headers: { authorization: 'Bearer sk_test_sandbox' },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return (await response.json()) as Body; // The vendor's objects all have an id.
}

const newCustomer = (name: string) => call('/v1/customers', { name }).then(({ id }) => id);

const products = async () =>
  ((await call('/v1/products?limit=100'))['data'] as readonly Body[]).map(({ id }) => id); // A list.

describe('on the sandbox vendor', () => {
  it('a partially captured payment has its received amount', async () => {
    const { id } = await call('/v1/payment_intents', {
      amount: '1000',
      currency: 'eur',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
      confirm: 'true',
    });
    const query = `{ payment(id: "${id}") { status amount { amount } receivedAmount { amount } } }`;
    expect((await graph.ask(query)).data).toEqual({
      payment: {
        status: 'AUTHORIZED',
        amount: { amount: '10.00' },
        receivedAmount: { amount: '0.00' },
      },
    });
    await call(`/v1/payment_intents/${id}/capture`, { amount_to_capture: '600' });
    expect((await graph.ask(query)).data).toMatchObject({
      payment: { status: 'SUCCEEDED', receivedAmount: { amount: '6.00' } },
    });
  });

  it('a disputed payment has its dispute', async () => {
    const { id } = await call('/v1/payment_intents', {
      amount: '1000',
      currency: 'eur',
      payment_method: 'pm_card_createDispute',
      confirm: 'true',
    });
    const { data } = await graph.ask(
      `{ payment(id: "${id}") { isDisputed dispute { status reason amount { amount } } } }`,
    );
    expect(data).toEqual({
      payment: {
        isDisputed: true,
        dispute: { status: 'NEEDS_RESPONSE', reason: 'fraudulent', amount: { amount: '10.00' } },
      },
    });
  });

  it('a plan in another currency than its price has the charged amount', async () => {
    const customer = await newCustomer('European');
    const price = await call('/v1/prices', {
      currency: 'usd',
      unit_amount: '1000',
      'recurring[interval]': 'month',
      'product_data[name]': 'Calls',
      'transform_quantity[divide_by]': '100',
      'transform_quantity[round]': 'up',
      'currency_options[eur][unit_amount]': '925',
    });
    const { id } = await call('/v1/subscriptions', {
      customer,
      currency: 'eur',
      'items[0][price]': price.id,
      'items[0][quantity]': '3000000000',
      collection_method: 'send_invoice',
      days_until_due: '7',
    });
    const { data, errors } = await graph.ask(
      `{ recurringPlan(id: "${id}") { items { quantity unitsPerPrice unitAmount { amount currency } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      recurringPlan: {
        items: [
          {
            quantity: '3000000000',
            unitsPerPrice: 100,
            unitAmount: { amount: '9.25', currency: 'EUR' },
          },
        ],
      },
    });
  });

  it('a plan that ends or is paused without a flag has that status', async () => {
    const list = await call('/v1/subscriptions?status=active&limit=1');
    const [plan] = list['data'] as readonly (Body & {
      readonly items: { readonly data: readonly { readonly current_period_end: number }[] };
    })[]; // A list of subscriptions.
    const end = plan?.items.data[0]?.current_period_end ?? 0;
    await call(`/v1/subscriptions/${plan?.id ?? ''}`, {
      cancel_at: String(end),
      'pause_collection[behavior]': 'void',
    });
    const { data } = await graph.ask(
      `{ recurringPlan(id: "${plan?.id ?? ''}") { status cancelsAtPeriodEnd cancelsAt isCollectionPaused } }`,
    );
    expect(data).toEqual({
      recurringPlan: {
        status: 'ACTIVE',
        cancelsAtPeriodEnd: true,
        cancelsAt: new Date(end * 1000).toISOString(),
        isCollectionPaused: true,
      },
    });
  });

  it('an account has balances in several currencies, and the outstanding amount of its open invoices', async () => {
    const id = await newCustomer('Balanced');
    await call(`/v1/customers/${id}/balance_transactions`, { amount: '-500', currency: 'eur' });
    await call(`/v1/customers/${id}/balance_transactions`, { amount: '250', currency: 'usd' });
    for (const amount of ['1000', '2000']) {
      const draft = await call('/v1/invoices', {
        customer: id,
        collection_method: 'send_invoice',
        days_until_due: '7',
        currency: 'eur',
      });
      await call(`/v1/invoices/${draft.id}/add_lines`, {
        'lines[0][amount]': amount,
        'lines[0][description]': 'Advice',
      });
      await call(`/v1/invoices/${draft.id}/finalize`, {});
    }
    const { data, errors } = await graph.ask(
      `{ billingAccount(id: "${id}") { balances { amount currency } outstanding { amount currency } } }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      billingAccount: {
        balances: [
          { amount: '-5.00', currency: 'EUR' },
          { amount: '2.50', currency: 'USD' },
        ],
        outstanding: [{ amount: '30.00', currency: 'EUR' }],
      },
    });
  });

  it.each([
    ['has no payment method', null, 'NOT_ALLOWED_NOW'],
    ['has a card that fails', 'pm_card_chargeCustomerFail', 'DECLINED'],
  ])('a refused plan leaves no product: the account %s', async (_what, card, code) => {
    const id = await newCustomer('Refused');
    if (card !== null) {
      const method = await call(`/v1/payment_methods/${card}/attach`, { customer: id });
      await call(`/v1/customers/${id}`, {
        'invoice_settings[default_payment_method]': method.id,
      });
    }
    const before = await products();
    const item =
      '{ description: "Seats", interval: MONTH, unitAmount: { amount: "9", currency: "EUR" } }';
    for (let times = 0; times < 2; times += 1) {
      const { data } = await graph.ask(
        `mutation { createRecurringPlan(input: { billingAccountId: "${id}", items: [${item}, ${item}], idempotencyKey: "${id}" }) { userErrors { code } } }`,
      );
      expect(data).toEqual({ createRecurringPlan: { userErrors: [{ code }] } });
    }
    expect(await products()).toEqual(before);
  });

  it('an account in India, which has no search, finds customers by the list, and its capabilities say so', async () => {
    const { id } = await call('/v1/customers', { email: 'india@x.test' });
    const india = startPayments({ ...sandbox.environment, STRIPE_SECRET_KEY: 'sk_test_india' });
    const ask = () => india.ask('{ capabilities { ignoresEmailCase } }');
    expect((await ask()).data).toEqual({ capabilities: { ignoresEmailCase: true } });
    const { data } = await india.ask(ofCustomers('billingAccounts { id }'), {
      people: [person('1', { emails: ['india@x.test'] })],
    });
    expect(data).toEqual({ _entities: [{ billingAccounts: [{ id }] }] });
    expect((await ask()).data).toEqual({ capabilities: { ignoresEmailCase: false } });
    await india.close();
  });
});
