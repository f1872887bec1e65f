import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { until } from '../until.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';
import { readMetrics } from '../monitoring/read-metrics.ts';
import { openSubscription } from './streams/read-events.ts';
import { createTestCatchUps, type TestCatchUps } from './test-catch-ups.ts';

let sandbox: Sandbox;
let catchUps: TestCatchUps;
let gateway: TestGateway;

beforeAll(async () => {
  catchUps = createTestCatchUps();
  sandbox = await startSandbox({ now: catchUps.now });
  gateway = await startTestGateway({ sandbox, catchUps, receivesEvents: true });
  for (const vendor of ['hubspot', 'stripe']) gateway.events.invalidation.isHealthy(vendor);
  await catchUps.pass(5);
});
afterAll(async () => {
  await gateway.close();
  await sandbox.close();
});

/** The value of a sample; 0 where there is none. */
const valueOf = async (sample: string) => (await readMetrics(gateway.url)).get(sample) ?? 0;

/** Waits until a sample has at least a value. */
const reaches = (sample: string, value: number) =>
  until(`${sample} to be at least ${String(value)}`, async () => (await valueOf(sample)) >= value);

const received = (vendor: string, result: string, reason = '') =>
  `tributary_events_received_total{vendor="${vendor}",result="${result}",reason="${reason}"}`;

async function healthOf(vendor: string) {
  const response = await fetch(`${gateway.url}/health/ready`);
  // A cast: the server's health has this form.
  const { events } = (await response.json()) as {
    readonly events: Readonly<
      Record<string, { readonly healthy: boolean; readonly newest?: string }>
    >;
  };
  return events[vendor];
}

const newCompany = () => sandbox.hubspot.edit.create('companies', { name: 'Counted' });
const newAccount = () =>
  sandbox.stripe.edit.write('POST', '/v1/customers', { email: 'counted@example.com' });

describe('metrics and health of live data', () => {
  it('count stored events by vendor, with the time from the vendor to the log', async () => {
    newAccount();
    await reaches(received('stripe', 'stored'), 1);

    expect(await valueOf(received('hubspot', 'stored'))).toBe(0);
    expect(await valueOf('tributary_event_lag_seconds_count{vendor="stripe"}')).toBe(1);
    newCompany();
    await reaches(received('hubspot', 'stored'), 1);
    expect(await valueOf('tributary_event_lag_seconds_count{vendor="hubspot"}')).toBeGreaterThan(0);
  });

  it('count duplicates, and events that the graph has no use for', async () => {
    sandbox.stripe.deliveries = 'twice';
    newAccount();
    await reaches(received('stripe', 'duplicate'), 1);
    sandbox.stripe.deliveries = null;
    sandbox.stripe.edit.write('POST', '/v1/products', { name: 'Counted' });

    await reaches(received('stripe', 'ignored', 'type'), 1);
  });

  it('count refused webhooks by reason', async () => {
    sandbox.hubspot.deliveries = 'wrong-signature';
    newCompany();
    await reaches(received('hubspot', 'refused', 'wrong-signature'), 1);
    sandbox.hubspot.deliveries = null;
    await fetch(`${gateway.url}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });

    expect(await valueOf(received('stripe', 'refused', 'unsigned'))).toBe(1);
  });

  it('count open streams by transport, their ends by reason, and the time from the log to a payload', async () => {
    const streams = 'tributary_streams{transport="sse"}';
    const stream = await openSubscription(gateway.url, 'subscription { companyChanged { id } }');
    expect(await valueOf(streams)).toBe(1);
    newCompany();
    await stream.until(({ payloads }) => payloads.length > 0);
    await reaches('tributary_stream_lag_seconds_count', 1);
    stream.close();

    await reaches('tributary_streams_ended_total{transport="sse",reason="client"}', 1);
    expect(await valueOf(streams)).toBe(0);
  });

  it('show each vendor’s newest event and health, and what webhooks missed', async () => {
    await catchUps.pass(130);
    const before = await healthOf('stripe');
    expect(before).toMatchObject({ healthy: true, newest: expect.any(String) });
    expect(await valueOf('tributary_events_healthy{vendor="stripe"}')).toBe(1);
    sandbox.stripe.deliveries = 'cut';
    newAccount();
    const at = Math.floor(catchUps.now() / 1000) * 1000;
    while ((await valueOf('tributary_events_missed_total{vendor="stripe"}')) === 0)
      await catchUps.pass(5);

    expect(await healthOf('stripe')).toEqual({
      healthy: false,
      newest: new Date(at).toISOString(),
    });
    expect(await valueOf('tributary_events_healthy{vendor="stripe"}')).toBe(0);
    expect(await valueOf('tributary_events_missed_total{vendor="stripe"}')).toBe(1);
    expect(await valueOf('tributary_event_catch_up_age_seconds{vendor="stripe"}')).toBeLessThan(60);
    expect(gateway.log.join('')).toContain('webhooks had missed changes');
  });
});
