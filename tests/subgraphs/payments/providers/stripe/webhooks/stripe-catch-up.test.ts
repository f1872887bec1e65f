import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '../../../../../../events/change.ts';
import { createStripeProvider } from '../../../../../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import { STRIPE_EVENT_TYPES } from '../../../../../../subgraphs/payments/providers/stripe/webhooks/stripe-event-types.ts';
import { Credential } from '../../../../../../upstream/credential.ts';
import { scopeOf, serve } from '../../../../../upstream/loopback.ts';
import { testResources } from '../../../../test-resources.ts';

interface ListedEvent {
  readonly id: string;
  readonly created: number;
  readonly type: string;
}

const event = (id: string, created: number, type = 'payment_intent.succeeded') => ({
  id,
  object: 'event',
  type,
  livemode: false,
  created,
  data: { object: { id: 'pi_1', customer: 'cus_1' } },
});

/** Lists events as Stripe does: newest first, by type and time, behind an event that need not be in the list. */
function answer(events: readonly ListedEvent[], url: URL, response: ServerResponse): void {
  const query = url.searchParams;
  const types = query.getAll('types[]');
  if (types.length > 20) throw new Error('Stripe takes at most 20 types.');
  const after = query.get('starting_after');
  const begin = after === null ? 0 : events.findIndex(({ id }) => id === after) + 1;
  const [from, to] = [
    Number(query.get('created[gte]')),
    Number(query.get('created[lt]') ?? Infinity),
  ];
  const found = events
    .slice(begin)
    .filter(({ type, created }) => types.includes(type) && created >= from && created < to);
  const limit = Number(query.get('limit'));
  response.end(
    JSON.stringify({
      object: 'list',
      url: '/v1/events',
      data: found.slice(0, limit),
      has_more: found.length > limit,
    }),
  );
}

/** @param events oldest first */
async function catchUp(events: readonly ListedEvent[], since: number) {
  const newestFirst = events.toReversed();
  const asked: URL[] = [];
  await using server = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://stripe.test');
    asked.push(url);
    answer(newestFirst, url, response);
  });
  const provider = createStripeProvider(
    {
      secretKey: new Credential('sk_test_1'),
      baseUrl: server.baseUrl,
      rateLimit: null,
      endpointRateLimit: null,
    },
    {},
    testResources({}),
  );
  const pages: (readonly NewEvent[])[] = [];
  for await (const page of provider.events?.catchUp(since, scopeOf()) ?? []) pages.push(page);
  await provider.close();
  return { asked, pages, keys: pages.flat().map(({ key }) => key) };
}

const range = (count: number, create: (index: number) => ListedEvent) =>
  Array.from({ length: count }, (_, index) => create(index));

describe('catching up with Stripe', () => {
  it('reads what happened since a time, oldest first, whatever its type', async () => {
    const { keys, asked } = await catchUp(
      [
        event('evt_before', 999),
        event('evt_1', 1000),
        event('evt_2', 1001, 'customer.created'),
        event('evt_other', 1002, 'balance.available'),
        event('evt_3', 1003, 'refund.created'),
        event('evt_4', 1004),
      ],
      1_000_500,
    );
    expect(keys).toEqual(['evt_1', 'evt_2', 'evt_3', 'evt_4']);
    const types = asked.map((url) => url.searchParams.getAll('types[]'));
    expect(types.flat()).toEqual(STRIPE_EVENT_TYPES);
    expect(asked.every((url) => url.searchParams.get('created[gte]') === '1000')).toBe(true);
  });

  it('gives a change the key that it has in a webhook', async () => {
    const { pages } = await catchUp([event('evt_1', 1000)], 0);
    expect(pages).toEqual([
      [
        {
          key: 'evt_1',
          changes: [
            {
              vendor: 'stripe',
              type: 'Payment',
              id: 'pi_1',
              kind: 'UPDATED',
              related: [{ type: 'BillingAccount', id: 'cus_1' }],
              changed: [],
              at: 1_000_000,
              source: 'catch-up',
            },
          ],
        },
      ],
    ]);
  });

  it('keeps the order of events of one second', async () => {
    const events = range(250, (index) => event(`evt_${String(index)}`, 1000));
    const { keys, pages } = await catchUp(events, 0);
    expect(keys).toEqual(events.map(({ id }) => id));
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 50]);
  });

  it.each([
    ['evenly', (index: number) => 10_000 + index],
    ['most of them in the last second', (index: number) => (index < 500 ? index : 100_000)],
    ['most of them in the first second', (index: number) => (index < 5500 ? 10 : 100_000 + index)],
    ['all in one second', () => 7],
  ])('reads 6,000 events once each, in order: %s', async (_case, at) => {
    const events = range(6000, (index) => event(`evt_${String(index)}`, at(index)));
    const { keys, asked } = await catchUp(events, 0);
    expect(keys).toEqual(events.map(({ id }) => id));
    // Reading them once takes 60 calls and two for each list without any.
    expect(asked.length).toBeLessThan(600);
  });

  it('reads nothing, where nothing has happened', async () => {
    expect((await catchUp([], 0)).pages).toEqual([]);
  });

  it('counts an event that it cannot read as a change of any record', async () => {
    const unreadable = { id: 'evt_1', created: 1000, type: 'payment_intent.succeeded' };
    const { keys, pages } = await catchUp([unreadable, event('evt_2', 1001)], 0);
    expect(keys).toEqual(['unreadable:evt_1', 'evt_2']);
    expect(pages[0]?.[0]?.changes).toMatchObject([{ type: '', id: '', at: 1_000_000 }]);
  });

  it('fails where Stripe does', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(403).end('{"error":{"type":"invalid_request_error","message":"No."}}');
    });
    const provider = createStripeProvider(
      {
        secretKey: new Credential('rk_test_1'),
        baseUrl: server.baseUrl,
        rateLimit: null,
        endpointRateLimit: null,
      },
      {},
      testResources({}),
    );
    const pages = provider.events?.catchUp(0, scopeOf())[Symbol.asyncIterator]();
    await expect(pages?.next()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH' });
    await provider.close();
  });
});
