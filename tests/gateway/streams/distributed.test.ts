import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../events/change.ts';
import {
  createCallerSigning,
  createSignedCallers,
} from '../../../gateway/access/services/signed-caller.ts';
import { ANONYMOUS_CALLER } from '../../../request/caller.ts';
import {
  sendOperation,
  startTestGateway,
  SUBGRAPH_SECRET,
  type TestGateway,
} from '../start-gateway.ts';
import { changeOfType } from '../../events/changes.ts';
import { openTestStream } from './open-test-stream.ts';

let gateway: TestGateway;
let payment: { readonly id: string; readonly status: string; readonly customer: object };
let key = 0;
const append = (change: Change) =>
  gateway.events.log.append([{ key: `event ${String((key += 1))}`, changes: [change] }]);
beforeAll(async () => {
  gateway = await startTestGateway({ mode: 'distributed' });
  const { data } = await gateway.query(
    '{ payments(first: 1) { nodes { id status customer { id company { name } } } } }',
  );
  [payment] = data.payments.nodes;
});
afterAll(() => gateway.close());

const many = () => Array.from({ length: 501 }, () => ({ type: 'Payment', id: 'x' }));

describe('a subscription of a distributed gateway', () => {
  it('is run for the change at the service, then across the other services', async () => {
    const stream = await openTestStream(
      gateway,
      `subscription ($of: ID) {
        changed: paymentChanged(id: $of) { id kind at payment { ...Paid customer { id company { name } } } }
      }
      fragment Paid on Payment { id status }`,
      { variables: { of: payment.id } },
    );
    await append(changeOfType('Payment', payment.id));
    expect(await stream.next()).toMatchObject({
      data: {
        changed: { id: payment.id, kind: 'UPDATED', at: '2023-11-14T22:13:20.000Z', payment },
      },
    });
    await append(changeOfType('Payment', payment.id, { kind: 'DELETED' }));
    expect(await stream.next()).toMatchObject({
      data: { changed: { id: payment.id, kind: 'DELETED', payment: null } },
    });
    await stream.close();
  });

  it('has null for a record that is not there, as its query has', async () => {
    const stream = await openTestStream(
      gateway,
      'subscription { companyChanged { id company { name } } }',
    );
    await append(changeOfType('Company', '404'));
    const { data, errors } = await stream.next();
    expect([data, errors]).toEqual([{ companyChanged: { id: '404', company: null } }, undefined]);
    await stream.close();
  });
});

describe('the service of a subgraph', () => {
  const sign = createCallerSigning(SUBGRAPH_SECRET, { requestTimeoutMs: 10_000 });
  const query = 'subscription { paymentChanged { id kind payment { id } } }';
  const HEAD = 'log.1700000000000-0';
  const service = () => gateway.urls[2] ?? '';
  const signed = (change: Change, head = HEAD) =>
    sign(ANONYMOUS_CALLER, 'address 192.0.2.1', { change, head });

  it('answers a subscription for the change that its gateway has signed for the caller', async () => {
    const change = changeOfType('Payment', payment.id);
    const headers = await signed(change);
    const body = { query, extensions: { change, head: HEAD } };
    const { id } = payment;
    for (const time of ['first', 'repeated']) {
      const { status, data } = await sendOperation(service(), body, headers);
      expect([time, status, data]).toEqual([
        time,
        200,
        { paymentChanged: { id, kind: 'UPDATED', payment: { id } } },
      ]);
    }
  });

  it.each<readonly [string, () => Promise<Record<string, string>> | Record<string, string>]>([
    ['an unsigned change', () => ({})],
    ['a signature of the caller alone', () => Promise.resolve(sign(ANONYMOUS_CALLER, 'x'))],
    ['the signature of another change', () => signed(changeOfType('Payment', 'pi_other'))],
    [
      'the signature of another position',
      () => signed(changeOfType('Payment', payment.id), 'log.1-0'),
    ],
  ])('refuses %s', async (_what, headersOf) => {
    const change = changeOfType('Payment', payment.id);
    const body = { query, extensions: { change, head: HEAD } };
    const { status, errors, data } = await sendOperation(service(), body, await headersOf());
    expect([status, errors?.[0]?.extensions?.['code'], data]).toEqual([
      401,
      'UNAUTHENTICATED',
      undefined,
    ]);
  });

  it('accepts an unsigned change where no gateway signs', () => {
    const { hasSigned } = createSignedCallers({ secret: undefined, isOpen: true });
    const change = changeOfType('Payment', payment.id);
    expect(hasSigned({ change, head: HEAD }, ANONYMOUS_CALLER)).toBe(true);
  });

  it.each<readonly [string, object]>([
    ['no change', {}],
    ['a change without an id', { change: { ...changeOfType('Payment', 'pi_1'), id: undefined } }],
    [
      'a change of too many records',
      { change: { ...changeOfType('Payment', 'x'), related: many() } },
    ],
    ['a head that is no cursor', { change: changeOfType('Payment', 'pi_1'), head: 'x' }],
    ['a change that is text', { change: 'x' }],
  ])('refuses a subscription with %s', async (_what, extensions) => {
    const headers = await signed(changeOfType('Payment', 'pi_1'));
    const { status, errors } = await sendOperation(service(), { query, extensions }, headers);
    expect([status, errors?.[0]?.extensions?.['code']]).toEqual([400, 'BAD_REQUEST']);
    expect(errors?.[0]?.message).toContain('only for a change from its gateway');
  });
});
