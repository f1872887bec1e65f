import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { addressesOf, describeBuilt, type Program, startProgram } from '../built-program.ts';
import { persistedAs } from '../gateway/persisted-as.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { callsOf, TRACED } from '../gateway/traced.ts';
import { findChangeableRecords } from '../gateway/transports/changes.ts';
import { type EventReader, openSubscription } from '../gateway/streams/read-events.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';

const COMPANY = 'query ($id: ID!) { company(id: $id) { name } }';
const PAYMENT = 'query ($id: ID!) { payment(id: $id) { refundedAmount { amount } } }';

describeBuilt('the distributed programs over Redis, with live caches', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let programs: Program;
  let gateway: string;
  const streams: EventReader[] = [];

  beforeAll(async () => {
    [redis, sandbox] = await Promise.all([startRedis(), startSandbox({ searchLagMs: 0 })]);
    programs = startProgram('distributed.js', [], {
      ...sandbox.environment,
      ...sandbox.webhookEnvironment,
      REDIS_URL: redis.url,
      PORT: '0',
      ACCESS: 'open',
      ACCESS_OPEN_CONFIRM: '1',
      SUBGRAPH_SECRET: 'a-secret-of-thirty-two-characters',
      CRM_CACHE: 'live',
      PAYMENTS_CACHE: 'live',
      EVENTS_HEALTH_SECONDS: '10',
    });
    const listening = await addressesOf(programs);
    gateway = listening.get('Tributary') ?? '';
    sandbox.hubspot.deliverTo({
      url: `${String(listening.get('The subgraph crm'))}/webhooks/hubspot`,
    });
    sandbox.stripe.deliverTo({
      url: `${String(listening.get('The subgraph payments'))}/webhooks/stripe`,
    });
  }, 60_000);
  afterAll(async () => {
    for (const stream of streams) stream.close();
    await programs.end();
    await sandbox.close();
    await redis.stop();
  });

  const query = (text: string, id?: string) =>
    sendOperation(gateway, { query: text, variables: { id } }, TRACED);
  /** Waits until queries are answered from caches, or are not any more. */
  async function until(isCached: boolean, text: string, id: string) {
    let answer = await query(text, id);
    while ((callsOf(answer) === 0) !== isCached) answer = await query(text, id);
    return answer;
  }

  /** The statuses of a persisted GET query, and of the same with the tag of its response. */
  async function conditionalStatuses(id: string): Promise<readonly number[]> {
    const extensions = persistedAs(COMPANY);
    await sendOperation(gateway, { query: COMPANY, variables: { id }, extensions });
    const search = new URLSearchParams({
      variables: JSON.stringify({ id }),
      extensions: JSON.stringify(extensions),
    });
    const get = (headers: Record<string, string>) =>
      fetch(`${gateway}/graphql?${search.toString()}`, {
        headers: { 'content-type': 'application/json', ...headers },
      });
    // The gateway learns of the services, and of their vendors' health, within some seconds.
    let first = await get({});
    while (first.status === 200 && first.headers.get('etag') === null) first = await get({});
    const second = await get({ 'if-none-match': first.headers.get('etag') ?? '' });
    return [first.status, second.status];
  }

  it('answer from caches, notice within the health interval that webhooks are cut off, and go on as without a cache', async () => {
    const { company, payment } = await findChangeableRecords((text) => query(text));
    await until(true, COMPANY, company);
    await until(true, PAYMENT, payment);
    expect(await conditionalStatuses(company)).toEqual([200, 304]);

    const follow = async (text: string) => {
      const stream = await openSubscription(gateway, text);
      streams.push(stream);
      return stream;
    };
    const companies = await follow('subscription { companyChanged { id } }');
    const payments = await follow('subscription { paymentChanged { id } }');
    sandbox.hubspot.deliveries = sandbox.stripe.deliveries = 'cut';
    const cutOffAt = performance.now();
    sandbox.hubspot.edit.update('companies', company, { name: 'Renamed unseen' });
    sandbox.stripe.edit.write('POST', '/v1/refunds', {
      payment_intent: payment,
      amount: '100',
    });
    for (const stream of [companies, payments])
      await stream.until(({ payloads }) => payloads.length > 0);
    const renamed = await until(false, COMPANY, company);
    const refunded = await until(false, PAYMENT, payment);
    // The interval of ten seconds and a minute, and as much again on a busy machine.
    expect((performance.now() - cutOffAt) / 1000).toBeLessThan(140);
    expect(renamed.data).toEqual({ company: { name: 'Renamed unseen' } });
    expect(refunded.data).toEqual({ payment: { refundedAmount: { amount: '1.00' } } });
    expect(companies.payloads[0]?.data).toEqual({ companyChanged: { id: company } });
    expect(payments.payloads[0]?.data).toEqual({ paymentChanged: { id: payment } });

    sandbox.hubspot.deliveries = sandbox.stripe.deliveries = null;
    await until(true, COMPANY, company);
    await until(true, PAYMENT, payment);
  }, 300_000);
});
