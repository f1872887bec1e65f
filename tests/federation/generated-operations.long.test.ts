import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { comparable, applyConditions } from './compare.ts';
import { graphLiterals } from './graph-literals.ts';
import { OperationGenerator } from './random-operation.ts';
import { startGraph } from './start-graph.ts';

/** `COUNT=1000 SEED=$RANDOM npm test -- generated-operations` is the nightly form. */
const COUNT = Number(process.env['COUNT'] ?? 100);
const SEED = Number(process.env['SEED'] ?? 20_261_122);

let sandbox: Sandbox;
let graph: Awaited<ReturnType<typeof startGraph>>;
let generator: OperationGenerator;

beforeAll(async () => {
  sandbox = await startSandbox();
  graph = await startGraph(sandbox.environment);
  generator = new OperationGenerator(
    graph.compiled.schema,
    await graphLiterals(graph.compiled.run),
    SEED,
  );
});
afterAll(async () => {
  await graph.close();
  await sandbox.close();
});

describe(`generated operations, seed ${String(SEED)}`, () => {
  it(`are answered compiled as on graphql-js, and by Apollo's gateway over the same subgraphs (${String(COUNT)})`, async () => {
    for (let count = 0; count < COUNT; count += 1) await expectSameAnswer();
  }, 600_000);

  it.each(['hubspot', 'stripe', 'google'] as const)('fail alike where %s fails', async (vendor) => {
    sandbox[vendor].fault = '500';
    for (let count = 0; count < COUNT / 10; count += 1) await expectSameAnswer();
    sandbox[vendor].fault = null;
  });
});

async function expectSameAnswer() {
  const { query, variables } = generator.next(5);
  const expected = comparable(await graph.graphqlJs.run(query, variables));
  const answers = [
    await graph.compiled.run(query, variables),
    await graph.compiled.run(query, variables),
    await graph.apollo.run(applyConditions(query, variables), variables),
  ];
  for (const answer of answers)
    expect({ query, variables, ...comparable(answer) }).toEqual({ query, variables, ...expected });
}
