import { describe, expect, it } from '@jest/globals';
import { createFusedGraph } from '../../gateway/engines/fused/fused-graph.ts';
import { comparable, applyConditions } from './compare.ts';
import { createLibraryGraph, libraryLiterals } from './library-graph.ts';
import { createReferenceGraph } from './reference-gateway.ts';
import { OperationGenerator } from './random-operation.ts';
import { runnerFor } from './run-operation.ts';

const { supergraph, subgraphs } = createLibraryGraph();
const fused = runnerFor(createFusedGraph({ supergraph, subgraphs }));
const graphqlJs = runnerFor(createFusedGraph({ supergraph, subgraphs, compiles: false }));
const reference = runnerFor(await createReferenceGraph(supergraph, subgraphs));

describe('embedded execution returns what a federated gateway returns', () => {
  it.each([
    ['fields of one subgraph', '{ product(id: "p1") { id upc price(currency: "USD") kind } }'],
    ['an overridden field', '{ product(id: "p1") { name } items { name } }'],
    ['a second key', '{ product(id: "p1") { inStock } product2: product(id: "p2") { inStock } }'],
    [
      '@requires with an argument',
      '{ product(id: "p1") { shipping } other: product(id: "p3") { shipping } }',
    ],
    ['@requires of a nested field', '{ product(id: "p1") { origin maker { name country } } }'],
    [
      '@requires of a field that needs a hop itself',
      '{ scarce { shipping origin reviews { stars } name } }',
    ],
    ['a compound key', '{ found { ... on Book { author { handle age reviews { stars } } } } }'],
    [
      '@requires across three subgraphs',
      '{ found { ... on Book { author { signature } } } review(id: "p1-0") { by { signature } } }',
    ],
    [
      'interfaces',
      '{ items { __typename id name ... on Book { pages(from: 10) shelf } ... on Product { shipping } } oldest { id ...B } } fragment B on Book { reviews(first: 1) { about { __typename score } } }',
    ],
    [
      'an interface of another subgraph',
      '{ latest { __typename score ... on Book { name pages } ... on Product { name inStock } } }',
    ],
    [
      'unions',
      '{ found(text: "On") { __typename ... on Item { name } ... on Book { since shelf } } }',
    ],
    ['an unknown entity', '{ found(text: "Lakes") { ... on Book { author { id handle } } } }'],
    [
      'a null entity',
      '{ person(id: "x2", org: "o1") { boss { handle } } nobody: person(id: "x3", org: "o1") { id } }',
    ],
    ['a custom scalar', '{ day }'],
    [
      'aliases of one field',
      '{ a: product(id: "p1") { x: price y: price(currency: "USD") } b: product(id: "p1") { x: shipping y: inStock } }',
    ],
  ])('%s', async (_name, query) => {
    const expected = await reference.run(query);
    expect(expected.errors).toBeUndefined();
    expect(await fused.run(query)).toEqual(expected);
    expect(await graphqlJs.run(query)).toEqual(expected);
  });

  it('applies @skip and @include by the values of variables', async () => {
    const query =
      'query($yes: Boolean!, $no: Boolean = false) { product(id: "p1") { id @skip(if: $yes) upc @include(if: $yes) shipping @include(if: $no) } }';
    for (const engine of [fused, graphqlJs]) {
      expect(await engine.run(query, { yes: true })).toEqual({ data: { product: { upc: 'u1' } } });
      expect(await engine.run(query, { yes: false, no: true })).toEqual({
        data: { product: { id: 'p1', shipping: 14 } },
      });
    }
  });

  it('returns equal responses to 200 generated operations', async () => {
    const seed = Number(process.env['SEED'] ?? 20_261_122);
    const generator = new OperationGenerator(reference.schema, libraryLiterals, seed);
    for (let count = 0; count < 200; count += 1) {
      const { query, variables } = generator.next(5);
      const decided = applyConditions(query, variables);
      const expected = comparable(await graphqlJs.run(query, variables));
      const answers = [
        await fused.run(query, variables),
        await fused.run(query, variables),
        await reference.run(decided, variables),
      ];
      for (const answer of answers)
        expect({ seed, query, variables, ...comparable(answer) }).toEqual({
          seed,
          query,
          variables,
          ...expected,
        });
    }
  });

  it('hides @inaccessible elements', () => {
    expect(JSON.stringify(fused.schema.getType('Product')?.toConfig())).not.toContain('secret');
  });
});
