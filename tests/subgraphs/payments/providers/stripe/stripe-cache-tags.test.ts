import { describe, expect, it } from '@jest/globals';
import * as reads from '../../../../../subgraphs/payments/providers/stripe/endpoints/stripe-read-endpoints.ts';
import * as writes from '../../../../../subgraphs/payments/providers/stripe/endpoints/stripe-write-endpoints.ts';
import {
  changesOf,
  tagsOf,
} from '../../../../../subgraphs/payments/providers/stripe/stripe-cache-tags.ts';

const page = { first: 10 };
const account = { type: 'BillingAccount', id: 'cus_1' };
const payment = { type: 'Payment', id: 'pi_1' };
const plan = { type: 'RecurringPlan', id: 'sub_1' };
const listOf = (...data: readonly object[]) => ({ object: 'list', data });
const accountObject = { object: 'customer', id: 'cus_1' };
const paymentObject = { object: 'payment_intent', id: 'pi_1', customer: 'cus_1' };

describe('the tags of a response', () => {
  it('are those of a record, and of each record that comes with it', () => {
    const request = reads.getPaymentIntent('pi_1', ['customer', 'latest_charge']);
    const body = {
      ...paymentObject,
      customer: accountObject,
      latest_charge: { object: 'charge', id: 'ch_1', payment_intent: 'pi_1' },
      payment_method: { object: 'payment_method', id: 'pm_1' },
    };
    expect(tagsOf(request)?.read(body)).toEqual({
      records: [payment, account, { type: 'PaymentMethod', id: 'pm_1' }],
      lists: [],
    });
    expect(tagsOf(request)?.types).toEqual(expect.arrayContaining(['Payment', 'BillingAccount']));
  });

  it("are those of an account's list, which does not change with the account itself", () => {
    const request = reads.listPaymentIntents({ billingAccountId: 'cus_1' }, page, []);
    expect(tagsOf(request)?.read(listOf(paymentObject))).toEqual({
      records: [payment],
      lists: [{ type: 'Payment', of: [account] }],
    });
    expect(tagsOf(request)?.types).toEqual(['Payment']);
  });

  it('are those of a list of all accounts', () => {
    expect(tagsOf(reads.listPaymentIntents({}, page, []))?.read(listOf())).toEqual({
      records: [],
      lists: [{ type: 'Payment' }],
    });
  });

  it('are those of a filtered list, which any change may move a record into', () => {
    const filter = { billingAccountId: 'cus_1', status: 'OPEN' } as const;
    expect(tagsOf(reads.listInvoices(filter, page, []))?.read(listOf())).toEqual({
      records: [],
      lists: [{ type: 'Invoice', of: [account], dependsOn: ['*'] }],
    });
  });

  it('are those of a plan with its invoices', () => {
    const request = reads.listInvoices({ recurringPlanId: 'sub_1' }, page, []);
    expect(tagsOf(request)?.read(listOf())).toEqual({
      records: [plan],
      lists: [{ type: 'Invoice', of: [plan] }],
    });
  });

  it('are those of the links from addresses to accounts', () => {
    expect(tagsOf(reads.listCustomersByEmail('a@x.org', undefined))?.read(listOf())).toEqual({
      records: [],
      lists: [{ type: 'BillingAccount', dependsOn: ['email'] }],
    });
    const search = tagsOf(reads.searchCustomersByEmail(['a@x.org'], undefined));
    expect(search?.read(listOf(accountObject))).toEqual({
      records: [account],
      lists: [{ type: 'BillingAccount', dependsOn: ['email'], lagMs: 60_000 }],
    });
  });

  it.each([
    ['disputes', reads.listDisputes('pi_1'), { object: 'dispute', id: 'du_1' }],
    ['refunds', reads.listRefunds('pi_1', page), { object: 'charge' }],
    ['a refund', reads.getRefund('re_1'), { payment_intent: 'pi_1' }],
  ])('are those of the payment that is reversed: %s', (_name, request, item) => {
    expect(tagsOf(request)?.read(listOf(item)).records).toContainEqual(payment);
    expect(tagsOf(request)?.types).toContain('Payment');
  });

  it('are those of the account whose payment methods are listed', () => {
    expect(tagsOf(reads.listPaymentMethods('cus_1', page))?.read(listOf())).toEqual({
      records: [account],
      lists: [{ type: 'PaymentMethod', of: [account], dependsOn: ['*'] }],
    });
  });

  it('are those of the plan whose items are listed', () => {
    expect(tagsOf(reads.listSubscriptionItems('sub_1', undefined))?.read(listOf())).toEqual({
      records: [plan],
      lists: [],
    });
  });

  it('are unknown for prices, which have no events', () => {
    expect(tagsOf(reads.getPrice('price_1'))).toBeUndefined();
  });

  it.each([null, 'text', 7, { object: 'constructor', id: '1' }, deep(20_000)])(
    'never fail, with any body',
    (body) => {
      expect(tagsOf(reads.getCustomer('cus_1'))?.read(body).records).toEqual([account]);
    },
  );
});

describe('the changes of a write', () => {
  it('are those of a refund and of its payment', () => {
    const request = writes.createRefund({ paymentId: 'pi_1', amount: null, reason: null }, 'key');
    expect(changesOf(request, { id: 're_1' })).toEqual([
      { type: 'Refund', id: 're_1', kind: 'CREATED', related: [payment], changed: ['*'] },
      { ...payment, kind: 'UPDATED', related: [], changed: [] },
    ]);
  });

  it('are those of an invoice and of its account', () => {
    expect(changesOf(writes.voidInvoice('in_1', 'key'), { id: 'in_1', customer: 'cus_1' })).toEqual(
      [
        { type: 'Invoice', id: 'in_1', kind: 'UPDATED', related: [account], changed: ['*'] },
        { ...account, kind: 'UPDATED', related: [account], changed: [] },
      ],
    );
    expect(changesOf(writes.deleteInvoice('in_1'), undefined)).toMatchObject([
      { id: 'in_1', kind: 'DELETED' },
    ]);
  });

  it('include the lag of account searches', () => {
    const jane = {
      email: 'j@example.com',
      name: null,
      phone: null,
      address: null,
      description: null,
    };
    expect(changesOf(writes.createCustomer(jane, {}, 'key'), { id: 'cus_1' })).toEqual([
      { ...account, kind: 'CREATED', related: [], changed: ['*'], searchLagMs: 60_000 },
    ]);
  });

  it('include the immediate charges of a new plan', () => {
    const plan = { billingAccountId: 'cus_1', items: [], daysUntilDue: null };
    const changes = changesOf(writes.createSubscription(plan, {}, 'key')([]), { id: 'sub_1' });
    expect(changes?.map(({ type, kind }) => `${type} ${kind}`)).toEqual([
      'RecurringPlan CREATED',
      'BillingAccount UPDATED',
      'Invoice CREATED',
      'Payment CREATED',
    ]);
  });

  it('are empty for a product', () => {
    expect(changesOf(writes.createProduct('Coffee', 'key'), { id: 'prod_1' })).toEqual([]);
  });

  it('are unknown for writes that this graph does not make', () => {
    expect(changesOf({ method: 'POST', path: '/v1/payouts' }, {})).toBeUndefined();
  });
});

/** Objects in objects. */
function deep(levels: number): object {
  let object = {};
  for (let level = 0; level < levels; level += 1) object = { object };
  return object;
}
