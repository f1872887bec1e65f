import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createMemoryState } from '../../../../../state/memory-state.ts';
import { AccountsByEmail } from '../../../../../subgraphs/payments/providers/stripe/reads/stripe-accounts-by-email.ts';
import { Credential } from '../../../../../upstream/credential.ts';
import { createStripeClient } from '../../../../../subgraphs/payments/providers/stripe/stripe-client.ts';
import { createStripeProvider } from '../../../../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import { RecentAccounts } from '../../../../../subgraphs/payments/providers/stripe/stripe-recent-accounts.ts';
import { scopeOf, serve } from '../../../../upstream/loopback.ts';
import { testResources } from '../../../test-resources.ts';
import { customer, list } from '../../stripe-objects.ts';

const NO_FIELDS: ReadonlySet<string> = new Set();
const CONFIG = { secretKey: new Credential('sk_test_1'), rateLimit: null, endpointRateLimit: null };

/** The accounts by e-mail of a Stripe that answers so, with a clock that the test moves. */
async function open(answer: (url: URL, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = await serve((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '', 'http://stripe.test');
    asked.push(url.pathname);
    answer(url, response);
  });
  const resources = testResources({});
  const client = createStripeClient({ ...CONFIG, baseUrl: server.baseUrl }, {}, resources);
  let time = 0;
  const accounts = new AccountsByEmail({
    client,
    recentAccounts: new RecentAccounts({
      keyValues: resources.state.keyValues,
      account: 'a',
      cachedSeconds: 0,
    }),
    now: () => time,
  });
  return {
    accounts,
    asked,
    pass: (ms: number) => (time += ms),
    idsOf: async (...emails: readonly string[]) =>
      (await Promise.all(accounts.read(emails, NO_FIELDS, scopeOf()))).map((found) =>
        found.map(({ id }) => id),
      ),
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const answerList = (url: URL, response: ServerResponse) =>
  response.end(JSON.stringify(list([customer('cus_1', { email: url.searchParams.get('email') })])));

const refuse = (response: ServerResponse, status: number, param?: string) =>
  response
    .writeHead(status)
    .end(JSON.stringify({ error: { type: 'invalid_request_error', message: 'No.', param } }));

describe('a search that Stripe refuses', () => {
  it.each([
    ['in the country of the account', 400],
    ['to the restricted key', 403],
    ['on the way', 404],
  ])('%s is not repeated for ten minutes, in which the list is read', async (_who, status) => {
    await using stripe = await open((url, response) => {
      if (url.pathname.endsWith('/search')) refuse(response, status);
      else answerList(url, response);
    });
    expect(stripe.accounts.isSearchOffered).toBe(true);
    expect(await stripe.idsOf('a@x.test', 'b@x.test')).toEqual([['cus_1'], ['cus_1']]);
    expect(stripe.accounts.isSearchOffered).toBe(false);
    stripe.pass(599_999);
    expect(await stripe.idsOf('a@x.test')).toEqual([['cus_1']]);
    expect(stripe.asked.filter((path) => path.endsWith('/search'))).toHaveLength(1);
    stripe.pass(1);
    expect(stripe.accounts.isSearchOffered).toBe(true);
    await stripe.idsOf('a@x.test');
    expect(stripe.asked.filter((path) => path.endsWith('/search'))).toHaveLength(2);
  });

  it('because of one query is requested again immediately', async () => {
    await using stripe = await open((url, response) => {
      if (url.pathname.endsWith('/search')) refuse(response, 400, 'query');
      else answerList(url, response);
    });
    expect(await stripe.idsOf('a@x.test')).toEqual([['cus_1']]);
    expect(stripe.accounts.isSearchOffered).toBe(true);
  });

  it('because of an invalid key is an error, as for every call', async () => {
    await using stripe = await open((_url, response) => refuse(response, 401));
    await expect(stripe.idsOf('a@x.test')).rejects.toMatchObject({ code: 'UPSTREAM_AUTH' });
    expect(stripe.accounts.isSearchOffered).toBe(true);
  });
});

describe('an address whose accounts search finds', () => {
  it('does not wait for the list of one whose accounts it does not find', async () => {
    let answerLists: (body: string) => void = () => undefined;
    const listed = new Promise<string>((resolve) => {
      answerLists = resolve;
    });
    await using stripe = await open((url, response) => {
      if (url.pathname === '/v1/customers') void listed.then((body) => response.end(body));
      else response.end(JSON.stringify(list([customer('cus_1', { email: 'a@x.test' })])));
    });
    const [found, missing] = stripe.accounts.read(['a@x.test', 'b@x.test'], NO_FIELDS, scopeOf());
    expect((await found)?.map(({ id }) => id)).toEqual(['cus_1']);
    answerLists(JSON.stringify(list([])));
    expect(await missing).toEqual([]);
  });
});

describe('accounts that one instance creates', () => {
  it('are found by other instances with the same state, also while their search is cached', async () => {
    await using server = await serve(({ method, url }, response) => {
      const isSearch = url?.startsWith('/v1/customers/search') === true;
      const written = customer('cus_new', { email: 'New@x.test' });
      const found = method === 'POST' || !isSearch ? written : list([]);
      response.end(JSON.stringify(url?.startsWith('/v1/customers?') === true ? list([]) : found));
    });
    const state = createMemoryState();
    const instance = () =>
      createStripeProvider(
        { ...CONFIG, baseUrl: server.baseUrl },
        {},
        {
          ...testResources({}),
          state,
        },
      );
    const [one, other] = [instance(), instance()];
    const record = {
      name: 'New',
      email: 'New@x.test',
      phone: null,
      address: null,
      description: null,
    };
    await one.createBillingAccount(record, 'key', scopeOf());
    await one.createBillingAccount(record, 'key', scopeOf());
    const [found] = other.billingAccountsByEmail(['new@x.test'], NO_FIELDS, scopeOf());
    expect(await found).toMatchObject([{ id: 'cus_new' }]);
    await Promise.all([one.close(), other.close()]);
  });

  it('are remembered two minutes longer than a cached search, ten for an address, under a key without the address', async () => {
    const { keyValues } = createMemoryState();
    const stored: (readonly [string, number])[] = [];
    const recent = new RecentAccounts({
      keyValues: {
        ...keyValues,
        set: (key, text, seconds) => {
          stored.push([key, seconds]);
          return keyValues.set(key, text, seconds);
        },
      },
      account: 'a',
      cachedSeconds: 30,
    });
    for (let count = 0; count < 12; count += 1)
      await recent.add('A@x.test', `cus_${String(count)}`);
    expect(await recent.idsOf('a@X.test')).toEqual(
      Array.from({ length: 10 }, (_, index) => `cus_${String(index + 2)}`),
    );
    expect(stored).toHaveLength(12);
    for (const [key, seconds] of stored) {
      expect(seconds).toBe(150);
      expect(key).not.toMatch(/x\.test/i);
    }
  });
});
