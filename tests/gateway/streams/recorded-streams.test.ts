import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMetrics, samplesOf } from '../../monitoring/read-metrics.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { changeOfType } from '../../events/changes.ts';
import { openTestStream, requestStream, type TestStream } from './open-test-stream.ts';

const PAID = 'subscription Paid { paymentChanged { id payment { id status } } }';

describe('metrics and the log of subscriptions', () => {
  let gateway: TestGateway;
  let payment: string;
  let streams: readonly TestStream[];
  beforeAll(async () => {
    gateway = await startTestGateway();
    const { data } = await gateway.query('{ payments(first: 1) { nodes { id } } }');
    [{ id: payment }] = data.payments.nodes;
    streams = [await openTestStream(gateway, PAID), await openTestStream(gateway, PAID)];
  });
  afterAll(async () => {
    for (const stream of streams) await stream.close();
    await gateway.close();
  });

  let key = 0;
  /** A payload of each stream, of one execution. */
  async function nextPayloads() {
    const change = changeOfType('Payment', payment);
    await gateway.events.log.append([{ key: `event ${String((key += 1))}`, changes: [change] }]);
    return Promise.all(streams.map((stream) => stream.next()));
  }
  const countOf = async (name: string, labels: string) =>
    samplesOf(await readMetrics(gateway.url), `tributary_${name}`)[labels] ?? 0;
  const durationsOf = (outcome: string) =>
    countOf(
      'operation_duration_seconds_count',
      `{operation="Paid",type="subscription",outcome="${outcome}"}`,
    );
  const lines = () => gateway.log.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('count the request of each stream, and each execution once', async () => {
    expect(await durationsOf('complete')).toBe(2);
    await nextPayloads();
    expect(await durationsOf('complete')).toBe(3);
  });

  it('have the failures of payloads, as they have those of queries', async () => {
    const code = 'UPSTREAM_UNAVAILABLE';
    gateway.sandbox.stripe.fault = '500';
    const [{ errors } = {}] = await nextPayloads();
    gateway.sandbox.stripe.fault = null;
    expect(errors?.[0]?.extensions?.['code']).toBe(code);
    expect(await durationsOf('partial')).toBe(1);
    expect(await countOf('operation_errors_total', `{code="${code}",service="payments"}`)).toBe(1);
    const failed = lines().findLast(({ msg }) => msg === 'a payload has errors');
    expect(failed).toMatchObject({
      operation: 'Paid',
      type: 'subscription',
      caller: 'anonymous',
      outcome: 'partial',
      codes: [code],
      calls: { stripe: { count: expect.any(Number) } },
      requestId: expect.any(String),
    });
    const { requestId } = failed ?? {};
    expect(
      lines().some((line) => line['msg'] === 'a vendor failed' && line['requestId'] === requestId),
    ).toBe(true);
  });

  it('have the subscriptions that are refused', async () => {
    const response = await requestStream(gateway, PAID, {
      headers: { 'last-event-id': 'yesterday' },
    });
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining('BAD_USER_INPUT'),
    ]);
    expect(await countOf('operation_errors_total', '{code="BAD_USER_INPUT",service="none"}')).toBe(
      1,
    );
    const answered = lines().findLast(
      ({ msg, route }) => msg === 'answered' && route === '/graphql',
    );
    expect(answered).toMatchObject({ outcome: 'refused', codes: ['BAD_USER_INPUT'] });
  });
});
