import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCursor } from '../../../events/log/cursor.ts';
import { isAfter, type Position } from '../../../events/log/position.ts';
import type { Change } from '../../../events/change.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { type GatewayResponse, startTestGateway, type TestGateway } from '../start-gateway.ts';
import { callsOf, TRACED } from '../traced.ts';
import { changeOfType } from '../../events/changes.ts';
import { subscribe } from './read-events.ts';

const COMPANY = 'query ($id: ID!) { company(id: $id) { name } }';
const PAYMENT = 'query ($id: ID!) { payment(id: $id) { status } }';
const SEARCH = '{ companies(first: 1, search: "a") { nodes { id } } }';

let sandbox: Sandbox;
let company: string;
let payment: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  const gateway = await startTestGateway({ sandbox });
  const { data } = await gateway.query(
    '{ companies(first: 1) { nodes { id } } payments(first: 1) { nodes { id } } }',
  );
  [{ id: company }] = data.companies.nodes;
  [{ id: payment }] = data.payments.nodes;
  await gateway.close();
});
afterAll(() => sandbox.close());

describe.each(['embedded', 'distributed'] as const)('the cursor of a query, %s', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      mode,
      sandbox,
      environment: { CRM_CACHE: 'live', PAYMENTS_CACHE: 'live' },
    });
    gateway.events.invalidation.trust({ isHealthy: () => true });
  });
  afterAll(() => gateway.close());

  let events = 0;
  /** @returns the position of the change, of which all streams and caches have heard */
  async function tell(change: Change): Promise<Position> {
    const { log, tail } = gateway.events;
    await log.append([{ key: `${mode} ${String((events += 1))}`, changes: [change] }]);
    const { position } = await log.head();
    expect(await tail.reach(position, 10_000)).toBe(true);
    return position;
  }

  it('is the head of the log when the request began, where the vendor is asked', async () => {
    const position = await tell(changeOfType('Payment', payment));
    const answer = await gateway.query(PAYMENT, { id: payment }, TRACED);
    expect([callsOf(answer), positionOf(answer)]).toEqual([1, position]);
  });

  it('is where the log was when the oldest of the cached responses in it was asked for', async () => {
    const both = `query ($company: ID!, $payment: ID!) { company(id: $company) { name } payment(id: $payment) { status } }`;
    const ids = { company, payment };
    const first = await tell(changeOfType('Company', company));
    expect(positionOf(await gateway.query(COMPANY, { id: company }))).toEqual(first);
    const second = await tell(changeOfType('Payment', payment));
    const [paid, again] = [
      await gateway.query(PAYMENT, { id: payment }, TRACED),
      await gateway.query(both, ids, TRACED),
    ];
    expect([callsOf(paid), positionOf(paid)]).toEqual([1, second]);
    expect([callsOf(again), positionOf(again)]).toEqual([0, first]);
    const third = await tell(changeOfType('Company', company));
    expect(positionOf(await gateway.query(both, ids))).toEqual(second);
    expect(positionOf(await gateway.query(COMPANY, { id: company }))).toEqual(third);
  });

  it('is before the changes that a search may not show yet', async () => {
    const position = await tell(changeOfType('Company', company));
    const answer = await gateway.query(SEARCH, {}, { 'x-tributary-cursor': '1' });
    const shown = positionOf(answer);
    expect(isAfter(position, shown)).toBe(true);
    expect(position.ms - shown.ms).toBeGreaterThan(9000);
    const cursor = answer.headers.get('x-tributary-cursor');
    expect(answer.extensions).toEqual({ cursor });
    const stream = await subscribe(gateway.url, {
      query: 'subscription ($id: ID!) { companyChanged(id: $id) { id } }',
      variables: { id: company },
      extensions: { resumeFrom: cursor },
    });
    await stream.until(({ payloads }) => payloads.length > 0);
    stream.close();
    expect(stream.payloads[0]?.data).toEqual({ companyChanged: { id: company } });
  });
});

const positionOf = ({ headers }: GatewayResponse): Position => {
  const cursor = parseCursor(headers.get('x-tributary-cursor') ?? '');
  if (cursor === undefined) throw new Error('The response has no cursor.');
  return cursor.position;
};
