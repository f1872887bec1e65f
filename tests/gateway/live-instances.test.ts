import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenEvents } from '../../events/open-events.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { until } from '../until.ts';
import { openEventsInRedis } from './open-test-events.ts';
import { type GatewayResponse, startTestGateway, type TestGateway } from './start-gateway.ts';
import { callsOf, TRACED } from './traced.ts';
import { findChangeableRecords } from './transports/changes.ts';
import { type EventReader, openSubscription } from './streams/read-events.ts';

interface Instance {
  readonly gateway: TestGateway;
  readonly events: OpenEvents;
}

const COMPANY = 'query ($id: ID!) { company(id: $id) { name } }';
const PAID =
  '{ payments(first: 50) { nodes { id status amount { amount currency } refundedAmount { amount } } } }';

/** Repeats a query until it is answered from the cache: no cache is used for a request while Redis responds late. */
function untilCached(read: () => Promise<GatewayResponse>): Promise<GatewayResponse> {
  return until('a response from the cache', async () => {
    const response = await read();
    return callsOf(response) === 0 && response;
  });
}

/** Each has connections of its own to one Redis. The vendors send their events to the first. */
describe('two instances over one Redis', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let one: Instance;
  let two: Instance;
  const streams: EventReader[] = [];

  async function startInstance(receivesEvents: boolean): Promise<Instance> {
    const events = await openEventsInRedis(redis.url);
    const environment = {
      REDIS_URL: redis.url,
      CRM_CACHE: 'live',
      PAYMENTS_CACHE: 'live',
    };
    const options = { sandbox, events, environment, receivesEvents };
    return { events, gateway: await startTestGateway(options) };
  }
  const stopInstance = async ({ gateway, events }: Instance) => {
    await gateway.close();
    await events.close();
  };

  beforeAll(async () => {
    [redis, sandbox] = await Promise.all([startRedis(), startSandbox()]);
    one = await startInstance(true);
    two = await startInstance(false);
  });
  afterAll(async () => {
    for (const stream of streams) stream.close();
    for (const instance of [one, two]) await stopInstance(instance);
    await sandbox.close();
    await redis.stop();
  });

  const follow = async (query: string) => {
    const stream = await openSubscription(two.gateway.url, query);
    streams.push(stream);
    return stream;
  };

  it('tell a subscriber of one of a refund by the other', async () => {
    const { payment, currency } = await findChangeableRecords((text) => one.gateway.query(text));
    const stream = await follow(
      'subscription { paymentChanged { id payment { refundedAmount { amount } } } }',
    );
    const input = {
      paymentId: payment,
      amount: { amount: '1.00', currency },
      idempotencyKey: 'refund-of-another-instance',
    };
    const { errors } = await one.gateway.query(
      'mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { refund { id } userErrors { message } } }',
      { input },
    );
    expect(errors).toBeUndefined();
    await stream.until(({ payloads }) => payloads.length > 0);
    expect(stream.payloads[0]?.data).toEqual({
      paymentChanged: { id: payment, payment: { refundedAmount: { amount: '1.00' } } },
    });
  });

  it('answer anew what was changed on a vendor’s own pages, and everything else from their caches', async () => {
    const companies = await two.gateway.query('{ companies(first: 2) { nodes { id name } } }');
    const [changed, other] = companies.data.companies.nodes as { id: string; name: string }[];
    const read = (id: string | undefined) => two.gateway.query(COMPANY, { id }, TRACED);
    const payments = () => two.gateway.query(PAID, {}, TRACED);
    for (const id of [changed?.id, other?.id]) await untilCached(() => read(id));
    await untilCached(payments);

    const stream = await follow('subscription { companyChanged { id } }');
    sandbox.hubspot.edit.update('companies', changed?.id ?? '', { name: 'Renamed by hand' });
    await stream.until(({ payloads }) => payloads.length > 0);
    const anew = await read(changed?.id);
    expect([anew.data.company.name, callsOf(anew)]).toEqual(['Renamed by hand', 1]);
    expect(callsOf(await read(other?.id))).toBe(0);
    expect(callsOf(await payments())).toBe(0);
  });

  it('keep their streams while Redis is lost: the loss is told, and what the vendor sends again comes', async () => {
    const { data } = await two.gateway.query('{ deals(first: 1) { nodes { id } } }');
    const [deal] = data.deals.nodes as { id: string }[];
    const stream = await follow('subscription { dealChanged { id } }');
    await redis.stop();
    sandbox.hubspot.edit.update('deals', deal?.id ?? '', { dealname: 'Renamed meanwhile' });
    await redis.start();
    await stream.until(({ payloads }) => payloads.some((payload) => payload.data != null));
    const [lost] = stream.payloads;
    expect(lost?.errors?.[0]?.extensions?.['code']).toBe('EVENTS_LOST');
    expect(stream.payloads.at(-1)).toMatchObject({
      data: { dealChanged: { id: deal?.id } },
      extensions: { cursor: expect.any(String) },
    });
    expect(stream.payloads.at(-1)?.extensions?.cursor.split('.')[0]).not.toBe(
      stream.ids[0]?.split('.')[0],
    );
  });
});
