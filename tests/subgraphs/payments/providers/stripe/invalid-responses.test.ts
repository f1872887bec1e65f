import { ownResources } from '../../../test-resources.ts';
import { describe, expect, it } from '@jest/globals';
import { createStripeProvider } from '../../../../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import type { PaymentsProvider } from '../../../../../subgraphs/payments/provider.ts';
import { scopeOf, serve } from '../../../../upstream/loopback.ts';
import { Credential } from '../../../../../upstream/credential.ts';
import {
  expectNotUnderstood,
  outcomeOf,
  INVALID_RESPONSES,
  invalidLists,
} from '../../../../upstream/invalid-responses.ts';

const FIELDS = new Set(['id']);
const first = { first: 10 };

type Read = (provider: PaymentsProvider) => Promise<unknown>;

const LISTS: readonly (readonly [string, Read])[] = [
  ['payments', (provider) => provider.payments({}, first, FIELDS, scopeOf())],
  [
    'accounts',
    (provider) =>
      Promise.all(provider.billingAccountsByEmail(['a@example.com'], FIELDS, scopeOf())),
  ],
  ['refunds', (provider) => provider.refunds('pi_1', first, scopeOf())],
  ['invoices', (provider) => provider.invoices({}, first, FIELDS, scopeOf())],
  ['ways to pay', (provider) => provider.paymentMethods('cus_1', first, scopeOf())],
];
const payments: Read = (provider) => provider.payments({}, first, FIELDS, scopeOf());

const RECORDS: readonly (readonly [string, Read])[] = [
  ['an account', (provider) => provider.billingAccount('cus_1', FIELDS, scopeOf())],
  ['a payment', (provider) => provider.payment('pi_1', FIELDS, scopeOf())],
  ['an invoice', (provider) => provider.invoice('in_1', FIELDS, scopeOf())],
  ['a plan', (provider) => provider.recurringPlan('sub_1', FIELDS, scopeOf())],
];

async function ask(text: string, read: Read): Promise<unknown> {
  await using server = await serve((_request, response) => response.end(text));
  const provider = createStripeProvider(
    {
      secretKey: new Credential('test'),
      baseUrl: server.baseUrl,
      rateLimit: null,
      endpointRateLimit: null,
    },
    {},
    ownResources(),
  );
  const outcome = await outcomeOf(read(provider));
  await provider.close();
  return outcome;
}

describe.each(LISTS)(
  'an invalid response in place of a list of %s is UPSTREAM_CONTRACT and costs little',
  (_what, read) => {
    it.each(invalidLists('data'))('%s', async (_answer, text) => {
      expectNotUnderstood(await ask(text, read));
    });
  },
);

describe.each(RECORDS)(
  'an invalid response in place of %s is UPSTREAM_CONTRACT and costs little',
  (_what, read) => {
    it.each(INVALID_RESPONSES)('%s', async (_answer, text) => {
      expectNotUnderstood(await ask(text, read));
    });
  },
);

describe('a list with invalid records', () => {
  const ids = Array.from({ length: 100 }, (_, index) => `pi_${String(index)}`);

  it('has errors at their positions only, each with its own reason', async () => {
    const page = await ask(
      JSON.stringify({ data: ids.map((id) => ({ id, amount: 'x' })), has_more: false }),
      payments,
    );
    const { entries } = page as Awaited<ReturnType<PaymentsProvider['payments']>>;
    expect(entries.map(({ position }) => position)).toEqual(ids);
    for (const { item } of entries) expectNotUnderstood(item);
  });

  it('can have any values in unread fields', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const text = `{"data":[{"id":"pi_1","amount":1,"created":1,"currency":"eur","status":"succeeded","metadata":${deep}}],"has_more":false}`;
    expect(await ask(text, payments)).toMatchObject({
      entries: [{ position: 'pi_1', item: { id: 'pi_1' } }],
    });
  });
});
