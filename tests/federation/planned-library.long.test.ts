import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFusedGraph } from '../../gateway/engines/fused/fused-graph.ts';
import { comparable } from './compare.ts';
import { createLibraryGraph, libraryLiterals, librarySubgraphs } from './library-graph.ts';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';
import { OperationGenerator } from './random-operation.ts';
import { runnerFor } from './run-operation.ts';

/** `COUNT=2000 SEED=$RANDOM npm run test:long -- planned-library` is the nightly form. */
const COUNT = Number(process.env['COUNT'] ?? 200);
const SEED = Number(process.env['SEED'] ?? 20_261_128);

const graphqlJs = runnerFor(createFusedGraph({ ...createLibraryGraph(), compiles: false }));
const fused = runnerFor(createFusedGraph(createLibraryGraph()));
let planned: PlannedGraph;
beforeAll(async () => {
  planned = await startPlannedGraph(
    Object.fromEntries(librarySubgraphs().map((subgraph) => [subgraph.name, subgraph])),
  );
});
afterAll(() => planned.close());

describe(`a graph with interfaces and unions, generated operations of seed ${String(SEED)}`, () => {
  it(`gives the same response from services as from one process (${String(COUNT)})`, async () => {
    const generator = new OperationGenerator(graphqlJs.schema, libraryLiterals, SEED, true);
    for (let count = 0; count < COUNT; count += 1) {
      const { query, variables } = generator.next(5);
      const expected = comparable(await graphqlJs.run(query, variables));
      for (const graph of [planned, fused]) {
        const actual = comparable(await graph.run(query, variables));
        expect({ query, variables, ...actual }).toEqual({ query, variables, ...expected });
      }
    }
  }, 600_000);
});
