import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';
import { type EventReader, openSubscription } from './streams/read-events.ts';
import { findChangeableRecords } from './transports/changes.ts';
import { createTestCatchUps, type TestCatchUps } from './test-catch-ups.ts';

const COMPANIES = 'subscription { companyChanged { id kind company { name } } }';
const PAYMENTS = 'subscription { paymentChanged { id payment { refundedAmount { amount } } } }';

let close: (() => Promise<void>)[] = [];
let streams: EventReader[] = [];
afterEach(async () => {
  for (const stream of streams) stream.close();
  for (const one of close) await one();
  [close, streams] = [[], []];
});

interface Started {
  readonly sandbox: Sandbox;
  readonly catchUps: TestCatchUps;
  readonly gateway: TestGateway;
}

async function start(
  mode: 'embedded' | 'distributed',
  { receivesEvents }: { readonly receivesEvents: boolean },
): Promise<Started> {
  const catchUps = createTestCatchUps(receivesEvents ? {} : { pollMs: 30_000 });
  const sandbox = await startSandbox({ now: catchUps.now });
  const gateway = await startTestGateway({ mode, sandbox, catchUps, receivesEvents });
  close = [() => gateway.close(), () => sandbox.close()];
  await catchUps.pass(5);
  return { sandbox, catchUps, gateway };
}

const follow = async ({ gateway }: Started, query: string) => {
  const stream = await openSubscription(gateway.url, query);
  streams.push(stream);
  return stream;
};
const came = (stream: EventReader, count = 1) =>
  stream.until(({ payloads }) => payloads.length >= count);

async function changeBoth({ sandbox, gateway }: Started, name = 'Renamed by hand') {
  const { company, payment } = await findChangeableRecords((text) => gateway.query(text));
  sandbox.hubspot.edit.update('companies', company, { name });
  sandbox.stripe.edit.write('POST', '/v1/refunds', {
    payment_intent: payment,
    amount: '100',
  });
  return {
    company: {
      companyChanged: { id: company, kind: 'UPDATED', company: { name } },
    },
    payment: {
      paymentChanged: { id: payment, payment: { refundedAmount: { amount: '1.00' } } },
    },
  };
}

describe.each(['embedded', 'distributed'] as const)('without a webhook secret, %s', (mode) => {
  it('subscriptions get each change with the next poll, once', async () => {
    const started = await start(mode, { receivesEvents: false });
    const [companies, payments] = [
      await follow(started, COMPANIES),
      await follow(started, PAYMENTS),
    ];
    const expected = await changeBoth(started);
    await started.catchUps.pass(40);
    await Promise.all([came(companies), came(payments)]);
    await started.catchUps.pass(120);
    const again = await changeBoth(started, 'Renamed again');
    await started.catchUps.pass(40);
    await came(companies, 2);

    expect(companies.payloads.map(({ data }) => data)).toEqual([expected.company, again.company]);
    expect(payments.payloads[0]?.data).toEqual(expected.payment);
    expect(started.gateway.events.invalidation.isHealthy('stripe')).toBe(false);
  });
});

describe('without a webhook secret', () => {
  it('a new record is created once, and updated from then on', async () => {
    const started = await start('embedded', { receivesEvents: false });
    const companies = await follow(started, COMPANIES);
    const id = started.sandbox.hubspot.edit.create('companies', { name: 'New' });
    await started.catchUps.pass(40);
    await came(companies);
    started.sandbox.hubspot.edit.update('companies', id, { name: 'Renamed' });
    await started.catchUps.pass(40);
    await came(companies, 2);

    expect(companies.payloads.map(({ data }) => data)).toEqual([
      { companyChanged: { id, kind: 'CREATED', company: { name: 'New' } } },
      { companyChanged: { id, kind: 'UPDATED', company: { name: 'Renamed' } } },
    ]);
  });
});

describe('while a vendor sends no webhooks', () => {
  it('subscriptions get nothing, until a catch-up finds the changes', async () => {
    const started = await start('embedded', { receivesEvents: true });
    const { sandbox, catchUps } = started;
    const [companies, payments] = [
      await follow(started, COMPANIES),
      await follow(started, PAYMENTS),
    ];
    sandbox.hubspot.deliveries = sandbox.stripe.deliveries = 'cut';
    const expected = await changeBoth(started);
    expect([companies.payloads, payments.payloads]).toEqual([[], []]);
    await catchUps.pass(80);
    await Promise.all([came(companies), came(payments)]);

    expect(companies.payloads.map(({ data }) => data)).toEqual([expected.company]);
    expect(payments.payloads[0]?.data).toEqual(expected.payment);
  });

  it('subscriptions get nothing, until the vendor delivers the changes, and get them once', async () => {
    const started = await start('embedded', { receivesEvents: true });
    const { sandbox, catchUps } = started;
    const companies = await follow(started, COMPANIES);
    sandbox.hubspot.deliveries = sandbox.stripe.deliveries = 'late';
    const expected = await changeBoth(started);
    await catchUps.pass(30);
    expect(companies.payloads).toEqual([]);
    sandbox.hubspot.deliveries = sandbox.stripe.deliveries = null;
    await came(companies);
    await catchUps.pass(120);

    expect(companies.payloads.map(({ data }) => data)).toEqual([expected.company]);
    expect(started.gateway.events.invalidation.isHealthy('hubspot')).toBe(true);
  });
});
