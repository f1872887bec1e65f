import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { readCostRules } from '../../../gateway/supergraph/cost-rules.ts';
import { sumOf } from '../../../request/operation-cost.ts';
import { OperationCosts } from '../../../gateway/admission/operation-costs.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { callTablesOf } from '../../../subgraphs/module.ts';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { graphLiterals } from '../../federation/graph-literals.ts';
import { OperationGenerator } from '../../federation/random-operation.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { TRACED } from '../traced.ts';
import { prepare } from '../operation/prepare.ts';

/** `COUNT=1000 SEED=$RANDOM npm test -- vendor-calls` is the nightly form. */
const COUNT = Number(process.env['COUNT'] ?? 100);
const SEED = Number(process.env['SEED'] ?? 20_261_125);

const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
const costs = new OperationCosts({
  schema,
  rules: readCostRules(parse(readFileSync('schema/supergraph.graphql', 'utf8'))),
  tables: callTablesOf(SUBGRAPHS),
});

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(async () => {
  await sandbox.close();
});

describe.each(['embedded', 'distributed'] as const)('%s', (mode) => {
  let gateway: TestGateway;
  let generator: OperationGenerator;

  beforeAll(async () => {
    // Nothing is kept: what was read for one operation must be read for the next.
    gateway = await startTestGateway({ mode, sandbox, environment: { MAPS_KEEP_PLACES: 'false' } });
    const literals = await graphLiterals(async (query) =>
      JSON.parse(JSON.stringify(await gateway.query(query))),
    );
    const sizes = ['1', '3', '20', '60', '100'];
    generator = new OperationGenerator(
      schema,
      (coordinate, argument) =>
        argument.name === 'first' ? sizes : literals(coordinate, argument),
      SEED,
    );
  });
  afterAll(async () => {
    await gateway.close();
  });

  it(`generated operations make no more calls than was foreseen, seed ${String(SEED)} (${String(COUNT)})`, async () => {
    for (let count = 0; count < COUNT; count += 1) {
      const { query, variables } = generator.next(5);
      const estimated = estimate(query, variables);
      if (estimated.total > 1500) continue;
      const made = await callsMadeFor(gateway, query, variables);
      for (const [service, calls] of Object.entries(made)) {
        const excess = Math.max(0, calls - (estimated.calls.get(service) ?? 0));
        expect({ query, variables, service, calls, excess }).toEqual({
          query,
          variables,
          service,
          calls,
          excess: 0,
        });
      }
    }
  }, 600_000);
});

function estimate(query: string, variables: Readonly<Record<string, unknown>>) {
  const { calls } = costs.of(prepare(query), variables);
  return { calls: new Map<string, number>(Object.entries(calls)), total: sumOf(calls) };
}

async function callsMadeFor(gateway: TestGateway, query: string, variables: object) {
  const { extensions } = await gateway.query(query, variables, TRACED);
  const counts: Record<string, number> = {};
  for (const { service } of extensions?.upstream ?? [])
    counts[service] = (counts[service] ?? 0) + 1;
  return counts;
}
