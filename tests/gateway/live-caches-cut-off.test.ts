import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';
import { callsOf, TRACED } from './traced.ts';
import { findChangeableRecords } from './transports/changes.ts';
import { createTestCatchUps, type TestCatchUps } from './test-catch-ups.ts';

const CARDS = `{ customers(first: 5) { nodes {
  id name company { id name } payments(first: 2) { nodes { id status } } billingAccounts { id }
} } }`;
const COMPANY = 'query ($id: ID!) { company(id: $id) { name } }';
const PAYMENT = 'query ($id: ID!) { payment(id: $id) { id refundedAmount { amount } } }';

let closeAll: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closeAll) await close();
  closeAll = [];
});

describe.each(['embedded', 'distributed'] as const)('live caches, %s', (mode) => {
  let sandbox: Sandbox;
  let catchUps: TestCatchUps;
  let gateway: TestGateway;

  async function start() {
    catchUps = createTestCatchUps();
    sandbox = await startSandbox({ searchLagMs: 0, now: catchUps.now });
    gateway = await startTestGateway({
      mode,
      sandbox,
      catchUps,
      receivesEvents: true,
      environment: { CRM_CACHE: 'live', PAYMENTS_CACHE: 'live' },
    });
    closeAll.push(
      () => gateway.close(),
      () => sandbox.close(),
    );
    // The first query makes the vendors' health be looked at.
    await ask();
    await catchUps.pass(10);
    await ask();
  }
  const ask = (query = CARDS, variables = {}) => gateway.query(query, variables, TRACED);

  /** The calls that a query takes with no cache for changes at all. */
  async function callsWithoutCache(query = CARDS, variables = {}) {
    const uncached = await startTestGateway({ mode, sandbox });
    const calls = callsOf(await uncached.query(query, variables, TRACED));
    await uncached.close();
    return calls;
  }

  const refund = (payment: string) =>
    sandbox.stripe.edit.write('POST', '/v1/refunds', { payment_intent: payment, amount: '100' });
  const rename = (company: string, name: string) => {
    sandbox.hubspot.edit.update('companies', company, { name });
  };
  const nameOf = async (id: string) => {
    const answer = await ask(COMPANY, { id });
    return [answer.data.company?.name, callsOf(answer)];
  };
  const refundedOf = async (id: string) => {
    const answer = await ask(PAYMENT, { id });
    return [Number(answer.data.payment.refundedAmount.amount), callsOf(answer)];
  };

  /** Lets time pass until both vendors are so. */
  async function secondsUntil(health: 'healthy' | 'unhealthy') {
    const { invalidation } = gateway.events;
    let seconds = 0;
    while (
      ['hubspot', 'stripe'].some(
        (vendor) => invalidation.isHealthy(vendor) !== (health === 'healthy'),
      )
    ) {
      if (seconds > 600) throw new Error(`The vendors never get ${health}.`);
      await catchUps.pass(5);
      seconds += 5;
    }
    return seconds;
  }

  it('are used while webhooks arrive', async () => {
    await start();
    expect(callsOf(await ask())).toBe(0);
  });

  it.each([
    ['no webhook arrives', 'cut'],
    ['webhooks have a wrong signature', 'wrong-signature'],
  ] as const)(
    'end within the health interval where %s, and begin again after a clean catch-up',
    async (_, fault) => {
      await start();
      const {
        company,
        otherCompany: other,
        payment,
      } = await findChangeableRecords((text) => ask(text));
      await nameOf(company);
      await refundedOf(payment);
      expect([await nameOf(company), await refundedOf(payment)].map(([, calls]) => calls)).toEqual([
        0, 0,
      ]);
      sandbox.hubspot.deliveries = sandbox.stripe.deliveries = fault;
      rename(company, 'Renamed unseen');
      refund(payment);
      // The interval, and the minute in which a webhook may be on its way.
      expect(await secondsUntil('unhealthy')).toBeLessThanOrEqual(120);

      expect(await nameOf(company)).toEqual(['Renamed unseen', 1]);
      expect((await refundedOf(payment))[0]).toBe(1);
      // From then on as without a cache: what changes is seen at once, and each query takes its calls.
      rename(other, 'Renamed again');
      expect((await nameOf(other))[0]).toBe('Renamed again');
      const uncached = await callsWithoutCache();
      expect([callsOf(await ask()), callsOf(await ask())]).toEqual([uncached, uncached]);

      sandbox.hubspot.deliveries = sandbox.stripe.deliveries = null;
      expect(await secondsUntil('healthy')).toBeLessThanOrEqual(120);
      await ask();
      expect(callsOf(await ask())).toBe(0);
    },
  );

  it.each([
    ['no webhook arrived', 'cut'],
    ['webhooks had a wrong signature', 'wrong-signature'],
  ] as const)(
    'show no record that was deleted while %s, once they are used again',
    async (_, fault) => {
      await start();
      const {
        company,
        otherCompany: other,
        payment,
      } = await findChangeableRecords((text) => ask(text));
      const [name] = await nameOf(company);
      sandbox.hubspot.deliveries = sandbox.stripe.deliveries = fault;
      // HubSpot's search, by which a catch-up finds missed changes, does not list it any more.
      sandbox.hubspot.edit.archive('companies', company);
      rename(other, 'Renamed unseen');
      refund(payment);
      await secondsUntil('unhealthy');
      expect((await nameOf(company))[0]).toBeUndefined();
      sandbox.hubspot.deliveries = sandbox.stripe.deliveries = null;
      await secondsUntil('healthy');

      expect(name).toEqual(expect.any(String));
      expect((await nameOf(company))[0]).toBeUndefined();
    },
  );
});
