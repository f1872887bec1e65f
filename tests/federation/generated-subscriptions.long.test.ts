import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import type { Change } from '../../events/change.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { changeMaker, contextFor, startDistributedRun } from './change-runs.ts';
import { comparable } from './compare.ts';
import { graphLiterals } from './graph-literals.ts';
import { startMixedGraph } from './mixed-graph.ts';
import { mulberry32, OperationGenerator } from './random-operation.ts';
import { startGraph } from './start-graph.ts';

/** `COUNT=1000 SEED=$RANDOM npm run test:long -- generated-subscriptions` is the nightly form. */
const COUNT = Number(process.env['COUNT'] ?? 150);
const SEED = Number(process.env['SEED'] ?? 20_261_129);

const closing: (() => Promise<void>)[] = [];
let sandbox: Sandbox;
let graph: Awaited<ReturnType<typeof startGraph>>;
let distributed: Awaited<ReturnType<typeof startDistributedRun>>;
let mixed: Awaited<ReturnType<typeof startMixedGraph>>;
let makeChange: (field: string) => Change;
let ours: OperationGenerator;
let withService: OperationGenerator;

beforeAll(async () => {
  sandbox = await startSandbox();
  closing.push(() => sandbox.close());
  const environment = {
    ...sandbox.environment,
    VENDOR_TIMEOUT_MS: '0',
    MAP_SIGNING_SECRET: 'the-same-for-all-instances-of-a-graph',
    UPSTREAM_MAX_TRIES: '1',
    UPSTREAM_MAX_FAILURES: '0',
  };
  graph = await startGraph(environment);
  closing.push(() => graph.close());
  distributed = await startDistributedRun(sandbox, environment);
  closing.push(() => distributed.close());
  mixed = await startMixedGraph(environment);
  closing.push(() => mixed.close());
  makeChange = await changeMaker(graph.compiled.run, mulberry32(SEED));
  const literals = await graphLiterals(graph.compiled.run);
  ours = new OperationGenerator(graph.compiled.schema, literals, SEED);
  withService = new OperationGenerator(mixed.reference.schema, literals, SEED);
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

describe(`generated subscriptions, seed ${String(SEED)}`, () => {
  it(`get the same payload compiled, on graphql-js, and across services (${String(COUNT)})`, async () => {
    for (let count = 0; count < COUNT; count += 1) await expectSamePayload();
  }, 600_000);

  it.each(['hubspot', 'stripe', 'google'] as const)(
    'fail alike where %s fails',
    async (vendor) => {
      sandbox[vendor].fault = '500';
      for (let count = 0; count < COUNT / 5; count += 1) await expectSamePayload();
      sandbox[vendor].fault = null;
    },
    600_000,
  );

  it(`get the same payload over embedded subgraphs and a service as in one process (${String(COUNT)})`, async () => {
    const before = mixed.service.requests.length;
    for (let count = 0; count < COUNT; count += 1) {
      const { field, query, variables } = withService.nextSubscription(5);
      const change = makeChange(field);
      const [given, expected] = [
        await mixed.mixed.run(query, variables, contextFor(change)),
        await mixed.reference.run(query, variables, contextFor(change)),
      ];
      expect({ query, variables, change, ...coded(given) }).toEqual({
        query,
        variables,
        change,
        ...coded(expected),
      });
    }
    expect(mixed.service.requests.length - before).toBeGreaterThan(COUNT / 20);
  }, 600_000);
});

async function expectSamePayload(): Promise<void> {
  const { field, query, variables } = ours.nextSubscription(5);
  const change = makeChange(field);
  const context = () => contextFor(change);
  const expected = coded(await graph.graphqlJs.run(query, variables, context()));
  expect(expected.data).not.toBeNull();
  const payloads = {
    compiled: await graph.compiled.run(query, variables, context()),
    'compiled again': await graph.compiled.run(query, variables, context()),
    distributed: await distributed.run(query, variables, change),
    'without a service': await mixed.mixed.run(query, variables, context()),
  };
  for (const [engine, payload] of Object.entries(payloads))
    expect({ engine, query, variables, change, ...coded(payload) }).toEqual({
      engine,
      query,
      variables,
      change,
      ...expected,
    });
}

/** An error without a code gets this one where responses are written; one of a service has it already. */
function coded(result: FormattedExecutionResult) {
  const { data, errors } = comparable(result);
  return {
    data,
    errors: errors.map((error) => error.replace('uncoded', 'INTERNAL_SERVER_ERROR')).sort(),
  };
}
