import { expect, it } from '@jest/globals';
import { PAYMENTS } from '../../subgraphs/payments/service.ts';
import { Credential } from '../../upstream/credential.ts';
import { createUpstreamClient } from '../../upstream/upstream-client.ts';
import { testResources } from '../subgraphs/test-resources.ts';
import { get, scopeOf, serve } from './loopback.ts';

/** A vendor that says which credential it was called with, and a client of it with some calls a minute. */
async function start(limit: number) {
  const server = await serve(({ headers }, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(headers.authorization)),
  );
  const credential = new Credential('first');
  const client = createUpstreamClient({
    service: PAYMENTS,
    vendor: 'stripe',
    baseUrl: server.baseUrl,
    authorize: ({ headers }) => {
      headers['authorization'] = credential.text;
    },
    policy: {
      maxConcurrency: 2,
      limits: {
        account: credential.budgetAccount,
        rates: { calls: { limit, windowMs: 60_000 } },
        limitOf: () => 'calls',
      },
      cache: {
        get account() {
          return credential.account;
        },
        kindOf: () => 'Payment',
        freshSeconds: new Map([['Payment', 60]]),
        staleSeconds: new Map(),
      },
    },
    resources: testResources({}),
  });
  return {
    credential,
    ask: () => client.send(get(), scopeOf(AbortSignal.timeout(1000))),
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

it('a renewed credential starts with an empty cache', async () => {
  await using vendor = await start(10);
  expect([await vendor.ask(), await vendor.ask()]).toEqual(['first', 'first']);
  vendor.credential.renew('second');
  expect([await vendor.ask(), await vendor.ask()]).toEqual(['second', 'second']);
});

it('a renewed credential gets no fresh rate limit', async () => {
  await using vendor = await start(1);
  expect(await vendor.ask()).toBe('first');
  vendor.credential.renew('second');
  await expect(vendor.ask()).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
});

it('a pending call uses the credential that it began with, and a call with another credential does not share it', async () => {
  await using vendor = await start(10);
  const underWay = vendor.ask();
  vendor.credential.renew('second');
  expect(await Promise.all([underWay, vendor.ask()])).toEqual(['first', 'second']);
});
