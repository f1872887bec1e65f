import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeBuilt } from '../built-program.ts';
import { cursorNow, LiveGateways, pay, WEBHOOK_SECRET } from './live-gateways.ts';
import type { RestartedProgram } from './restarted-program.ts';
import { deliverStripeEvent, stripeEvent } from './signed-stripe-event.ts';
import { sendOperation } from './start-gateway.ts';
import {
  type EventReader,
  expectAscendingCursors,
  idsOf,
  type ReceivedPayload,
} from './streams/read-events.ts';

const TIMEOUT_MS = 120_000;
const QUERY =
  'subscription { paymentChanged { id kind payment { status customer { company { name } } } } }';
const IDS_OF_PAYMENTS = 'subscription { paymentChanged { id kind } }';

let live: LiveGateways;
beforeEach(async () => {
  live = await LiveGateways.open();
});
afterEach(() => live.close());

/** Of a customer with a company, and another one. */
async function twoPayments(gateway: RestartedProgram): Promise<readonly [string, string]> {
  const { data } = await sendOperation(await gateway.url, {
    query: '{ payments(first: 50) { nodes { id status customer { company { name } } } } }',
  });
  const payments = data.payments.nodes as readonly {
    readonly id: string;
    readonly customer: { readonly company: object | null } | null;
  }[];
  const [one, other] = payments.filter(({ customer }) => customer?.company != null);
  return [one?.id ?? '', other?.id ?? ''];
}

const COMPLETE = {
  status: expect.any(String),
  customer: { company: { name: expect.any(String) } },
};

/** What each stream has received, with the codes and paths of the errors. */
const received = ({ data, errors = [] }: ReceivedPayload) => ({
  data,
  errors: errors.map(({ path = [], extensions }) =>
    [extensions?.['code'], path.join('.')].join(' at '),
  ),
});

async function expectPayloads(
  opened: readonly EventReader[],
  expected: readonly { readonly data: object; readonly errors?: readonly string[] }[],
): Promise<void> {
  for (const reader of opened)
    await reader.until(({ payloads }) => payloads.length >= expected.length);
  for (const reader of opened) {
    expect(reader.payloads.map(received)).toEqual(
      expected.map(({ data, errors = [] }) => ({ data, errors })),
    );
    expectAscendingCursors(reader);
  }
}

const changed = (id: string, payment: object | null) => ({
  paymentChanged: { id, kind: 'UPDATED', payment },
});

describeBuilt('a subscription', () => {
  it.each([
    ['500', 'UPSTREAM_UNAVAILABLE', '0'],
    ['reset', 'UPSTREAM_UNAVAILABLE', '0'],
    ['429', 'UPSTREAM_RATE_LIMITED', '0'],
    // Long enough for the calls that succeed.
    ['hang', 'UPSTREAM_TIMEOUT', '5000'],
  ] as const)(
    'whose vendor answers with the fault %s gets a payload with the error of the record, and goes on',
    async (fault, code, timeoutMs) => {
      const gateway = await live.start({
        STRIPE_TIMEOUT_MS: timeoutMs,
        UPSTREAM_MAX_FAILURES: '0',
      });
      const [one, other] = await twoPayments(gateway);
      const opened = await live.followAll(gateway, QUERY, await cursorNow(gateway));
      live.sandbox.stripe.fault = fault;
      await pay(gateway, one);
      const failed = {
        data: changed(one, null),
        errors: [`${code} at paymentChanged.payment`],
      };
      await expectPayloads(opened, [failed]);
      live.sandbox.stripe.fault = null;
      await pay(gateway, other);
      await expectPayloads(opened, [failed, { data: changed(other, COMPLETE) }]);
    },
    TIMEOUT_MS,
  );

  it(
    'whose second vendor fails gets the rest of the record',
    async () => {
      const gateway = await live.start({ UPSTREAM_MAX_FAILURES: '0' });
      const [one, other] = await twoPayments(gateway);
      const opened = await live.followAll(gateway, QUERY, await cursorNow(gateway));
      live.sandbox.hubspot.fault = '500';
      await pay(gateway, one);
      const partial = {
        data: changed(one, { ...COMPLETE, customer: null }),
        errors: ['UPSTREAM_UNAVAILABLE at paymentChanged.payment.customer'],
      };
      await expectPayloads(opened, [partial]);
      live.sandbox.hubspot.fault = null;
      await pay(gateway, other);
      await expectPayloads(opened, [partial, { data: changed(other, COMPLETE) }]);
    },
    TIMEOUT_MS,
  );

  it(
    'waits for a vendor that hangs, while changes are merged and other streams go on',
    async () => {
      const gateway = await live.start({ STRIPE_TIMEOUT_MS: '0', REQUEST_TIMEOUT_MS: '8000' });
      const [one, other] = await twoPayments(gateway);
      const cursor = await cursorNow(gateway);
      const opened = await live.followAll(gateway, QUERY, cursor);
      const independent = await live.followAll(gateway, IDS_OF_PAYMENTS, cursor);
      live.sandbox.stripe.fault = 'hang:x1';
      await pay(gateway, one, 'evt_hanging');
      for (const event of ['evt_1', 'evt_2', 'evt_3']) await pay(gateway, other, event);
      for (const reader of independent)
        await reader.until(() => idsOf(reader).filter((id) => id === other).length >= 3);
      // The payload is not made yet, and its change is not behind the cursor.
      expect(opened.map(({ payloads }) => payloads.length)).toEqual([0, 0, 0]);
      await expectPayloads(opened, [
        { data: changed(one, null), errors: ['UPSTREAM_TIMEOUT at paymentChanged.payment'] },
        { data: changed(other, COMPLETE) },
      ]);
    },
    TIMEOUT_MS,
  );
});

describeBuilt('a subscription of a distributed gateway', () => {
  let gateway: RestartedProgram;
  let services: readonly RestartedProgram[];
  let shared: Readonly<Record<string, string>>;
  beforeEach(async () => {
    const { url } = await live.startRedis();
    shared = { REDIS_URL: url, SUBGRAPH_SECRET: 'known-to-these-processes-alone-0123456789' };
    services = await Promise.all(
      ['crm', 'payments', 'maps'].map((name) => live.startService(name, shared)),
    );
    const [crm, payments, maps] = await Promise.all(services.map((service) => service.url));
    gateway = await live.start({
      ...shared,
      CRM_SUBGRAPH_URL: `${crm ?? ''}/graphql`,
      PAYMENTS_SUBGRAPH_URL: `${payments ?? ''}/graphql`,
      MAPS_SUBGRAPH_URL: `${maps ?? ''}/graphql`,
    });
  }, TIMEOUT_MS);

  it(
    'goes on without a gap when the service that receives its events is killed',
    async () => {
      const [, payments] = services;
      if (payments === undefined) throw new Error('There are three.');
      const [one, other] = await twoPayments(gateway);
      const opened = await live.followAll(gateway, QUERY, await cursorNow(gateway));
      await pay(payments, one);
      await expectPayloads(opened, [{ data: changed(one, COMPLETE) }]);
      await payments.kill();
      await pay(payments, other);
      await expectPayloads(opened, [
        { data: changed(one, COMPLETE) },
        { data: changed(other, COMPLETE) },
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'whose service is down gets payloads with errors, and goes on when the service is back',
    async () => {
      const [crm, payments] = services;
      const receiver = await live.startService('payments', shared);
      const [one, other] = await twoPayments(gateway);
      const opened = await live.followAll(gateway, QUERY, await cursorNow(gateway));
      await payments?.end();
      await pay(receiver, one);
      const withoutPayments = {
        data: changed(one, null),
        errors: ['UPSTREAM_UNAVAILABLE at paymentChanged.payment'],
      };
      await expectPayloads(opened, [withoutPayments]);
      await payments?.startAgain();
      await crm?.end();
      await pay(receiver, other);
      const withoutCrm = {
        data: changed(other, { ...COMPLETE, customer: null }),
        errors: ['UPSTREAM_UNAVAILABLE at paymentChanged.payment.customer'],
      };
      await expectPayloads(opened, [withoutPayments, withoutCrm]);
      await crm?.startAgain();
      await pay(receiver, one, 'evt_again');
      await expectPayloads(opened, [withoutPayments, withoutCrm, { data: changed(one, COMPLETE) }]);
    },
    TIMEOUT_MS,
  );

  it(
    'whose service is down learns of what the change itself says, under its own names',
    async () => {
      const [, payments] = services;
      const receiver = await live.startService('payments', shared);
      const cursor = await cursorNow(gateway);
      const queries = [
        'subscription { changed: paymentChanged { ...Change theSame: id } } fragment Change on PaymentChange { __typename what: kind at }',
        'subscription { billingAccountChanged { id kind billingAccount { name } } }',
      ];
      const [ofPayments, ofAccounts] = await Promise.all(
        queries.map((query) => live.followAll(gateway, query, cursor)),
      );
      await payments?.end();
      await pay(receiver, 'pi_1');
      const deleted = stripeEvent('evt_deleted', 'customer.deleted', { id: 'cus_1' });
      await deliverStripeEvent(await receiver.url, deleted, { secret: WEBHOOK_SECRET });
      await expectPayloads(ofPayments ?? [], [
        {
          data: {
            changed: {
              __typename: 'PaymentChange',
              what: 'UPDATED',
              at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
              theSame: 'pi_1',
            },
          },
        },
      ]);
      // A deleted record is null, and no error.
      await expectPayloads(ofAccounts ?? [], [
        { data: { billingAccountChanged: { id: 'cus_1', kind: 'DELETED', billingAccount: null } } },
      ]);
    },
    TIMEOUT_MS,
  );
});
