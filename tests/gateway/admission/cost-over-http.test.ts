import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { ANSWERED_EXAMPLES } from '../../examples/example-operations.ts';
import { requestsSince, startTestGateway, type TestGateway } from '../start-gateway.ts';
import { readMetrics, samplesOf } from '../../monitoring/read-metrics.ts';

const COST = { 'x-tributary-cost': '1' };
const QUERY =
  'query Payers($first: Int!) { customers(first: $first) { nodes { name payments(first: 2) { nodes { id } } } } }';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe.each(['embedded', 'distributed'] as const)('%s', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      mode,
      sandbox,
      environment: { MAX_OPERATION_COST: '2000', MAX_VENDOR_CALLS: '100' },
    });
  });
  afterAll(() => gateway.close());

  it('has the cost of an operation in the response on request, also for a repeated operation', async () => {
    for (const first of [2, 2, 3]) {
      const { extensions } = await gateway.query(QUERY, { first }, COST);
      expect(extensions).toEqual({
        cost: {
          estimated: 1 + first * (1 + 1 + 2),
          vendorCalls: {
            estimated: { crm: 1, payments: 1 + 3 * first, maps: 0 },
            actual: { crm: 1, payments: expect.any(Number) },
          },
        },
      });
    }
    expect((await gateway.query(QUERY, { first: 1 })).extensions).toBeUndefined();
  });

  it('refuses an operation with too many possible calls before the first one, also when it is repeated', async () => {
    await gateway.query(QUERY, { first: 1 });
    const since = performance.now();
    for (let time = 0; time < 2; time += 1) {
      const { status, data, errors, extensions } = await gateway.query(QUERY, { first: 50 }, COST);
      expect([status, data]).toEqual([400, undefined]);
      expect(errors).toEqual([
        {
          message:
            'The operation can take 156 vendor calls (crm 1, payments 155, maps 0), and the limit is 100, counting each list in full. ' +
            'Use smaller pages, or split the operation.',
          extensions: { code: 'OPERATION_TOO_COMPLEX', retryable: false },
        },
      ]);
      expect(extensions).toMatchObject({
        cost: { estimated: 201, vendorCalls: { estimated: { crm: 1, payments: 155, maps: 0 } } },
      });
    }
    expect(requestsSince(since, sandbox)).toEqual([]);
  });

  it('refuses an operation that can cost more than the limit', async () => {
    const { errors } = await gateway.query(
      '{ deals(first: 50) { nodes { customers(first: 50) { nodes { id } } } } }',
    );
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^The operation can cost 2,601, and the limit is 2,000/) },
    ]);
  });

  it('runs heavy operations one after the other', async () => {
    const heavy = (first: number) =>
      `{ deals(first: ${String(first)}) { nodes { id company { name } customers(first: 5) { nodes { id } } } } }`;
    const since = performance.now();
    await Promise.all([heavy(100), heavy(99)].map((query) => gateway.query(query)));
    const asked = sandbox.hubspot.requests.filter(({ startedAt }) => startedAt >= since);
    const [first = -1, second = -1] = asked.flatMap(({ path }, index) =>
      path === '/crm/objects/2026-09/deals' ? [index] : [],
    );
    const people = asked.findIndex(
      ({ path }) => path === '/crm/objects/2026-09/contacts/batch/read',
    );
    // The last call of one comes before the first of the other.
    expect([first < people, people < second]).toEqual([true, true]);
  });

  it('has the costs, the estimated calls and the actual calls in its metrics', async () => {
    const other = await startTestGateway({ mode, sandbox });
    for (let time = 0; time < 2; time += 1)
      await other.query('{ customers(first: 3) { nodes { id } } }');
    const metrics = await readMetrics(other.url);
    expect(samplesOf(metrics, 'tributary_operation_cost_sum')).toEqual({ '': 8 });
    expect(samplesOf(metrics, 'tributary_operation_vendor_calls_sum')).toEqual({
      '{service="crm",count="estimated"}': 2,
      '{service="crm",count="actual"}': 2,
    });
    await other.close();
  });
});

describe('in production', () => {
  it.each(['embedded', 'distributed'] as const)(
    '%s: the number of actual calls stays unknown',
    async (mode) => {
      const gateway = await startTestGateway({
        mode,
        sandbox,
        environment: { NODE_ENV: 'production' },
      });
      const { extensions } = await gateway.query(QUERY, { first: 1 }, COST);
      expect(extensions).toEqual({
        cost: { estimated: 5, vendorCalls: { estimated: { crm: 1, payments: 4, maps: 0 } } },
      });
      await gateway.close();
    },
  );
});

describe('by default', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ sandbox });
  });
  afterAll(() => gateway.close());

  it.each(ANSWERED_EXAMPLES)('$file is allowed', async ({ query, variables }) => {
    const { errors } = await gateway.query(query, variables);
    expect(errors).toBeUndefined();
  });

  it.each([
    [
      'a page of a page of a page',
      '{ deals(first: 100) { nodes { customers(first: 100) { nodes { deals(first: 20) { nodes { id } } } } } } }',
    ],
    [
      'all that a hundred people have at the processor',
      '{ customers(first: 100) { nodes { payments { nodes { id } } invoices { nodes { id } } recurringPlans { nodes { id } } } } }',
    ],
    [
      'the same list many times',
      `{ ${Array.from({ length: 300 }, (_, index) => `a${String(index)}: customers(search: "${String(index)}") { totalCount }`).join(' ')} }`,
    ],
    [
      'a way from each of many addresses',
      '{ companies(first: 100) { nodes { customers(first: 100) { nodes { address { route(to: { address: "Berlin" }) { distance } } } } } } }',
    ],
  ])('%s is not', async (_name, query) => {
    const since = performance.now();
    const { status, errors } = await gateway.query(query);
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
    expect(requestsSince(since, sandbox)).toEqual([]);
  });
});
