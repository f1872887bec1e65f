import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { comparable } from './compare.ts';
import { graphLiterals } from './graph-literals.ts';
import { startMixedGraph } from './mixed-graph.ts';
import { OperationGenerator } from './random-operation.ts';

const COUNT = Number(process.env['COUNT'] ?? 500);
const SEED = Number(process.env['SEED'] ?? 20_261_128);

let sandbox: Sandbox;
let graph: Awaited<ReturnType<typeof startMixedGraph>>;
let generator: OperationGenerator;

beforeAll(async () => {
  sandbox = await startSandbox();
  graph = await startMixedGraph(sandbox.environment);
  const ours = await graphLiterals(graph.alone.run);
  generator = new OperationGenerator(
    graph.reference.schema,
    (coordinate, argument) =>
      coordinate === 'Query.programme(id:)' ? ['"1"', '"3"', '"9"'] : ours(coordinate, argument),
    SEED,
  );
});
afterAll(async () => {
  await graph.close();
  await sandbox.close();
});

describe(`generated operations over embedded subgraphs and a service, seed ${String(SEED)}`, () => {
  it(`are answered as they are in one process (${String(COUNT)})`, async () => {
    for (let count = 0; count < COUNT; count += 1) {
      const { query, variables } = generator.next(5);
      const [given, expected] = [
        await graph.mixed.run(query, variables),
        await graph.reference.run(query, variables),
      ];
      expect({ query, variables, ...coded(given) }).toEqual({
        query,
        variables,
        ...coded(expected),
      });
    }
  }, 600_000);
});

/** An error without a code gets this one where responses are written; one of a service has it already. */
function coded(result: FormattedExecutionResult) {
  const { data, errors } = comparable(result);
  return {
    data,
    errors: errors.map((error) => error.replace('uncoded', 'INTERNAL_SERVER_ERROR')).sort(),
  };
}
