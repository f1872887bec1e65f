import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { readCostRules } from '../../../gateway/supergraph/cost-rules.ts';

const COST = 'https://specs.apollo.dev/cost/v0.1';
const FEDERATION = 'https://specs.apollo.dev/federation/v2.9';

const read = (links: string, cost: string, listSize: string) =>
  readCostRules(
    parse(`
      schema ${links} { query: Query }
      type Query { a(b: Int ${cost}(weight: 2)): [A] ${cost}(weight: 3) ${listSize}(assumedSize: 4, slicingArguments: ["b"]) }
      type A ${cost}(weight: 5) { a: Int }
      input I { a: Int ${cost}(weight: 6) }
      scalar S ${cost}(weight: 7)
      enum E ${cost}(weight: 8) { A }`),
  );

const WEIGHTS = { 'Query.a': 3, 'Query.a(b:)': 2, A: 5, 'I.a': 6, S: 7, E: 8 };

describe('costs are read where their directives are linked', () => {
  it.each([
    ['by their specification', `@link(url: "${COST}")`, '@cost', '@cost__listSize'],
    [
      'by their specification under an alias',
      `@link(url: "${COST}", as: "price")`,
      '@price',
      '@price__listSize',
    ],
    ['by imports', `@link(url: "${COST}", import: ["@cost", "@listSize"])`, '@cost', '@listSize'],
    [
      'by imports under aliases',
      `@link(url: "${COST}", import: [{ name: "@cost", as: "@w" }, { name: "@listSize", as: "@s" }])`,
      '@w',
      '@s',
    ],
    [
      'by imports, but are used with their prefix',
      `@link(url: "${COST}", import: ["@listSize"])`,
      '@cost',
      '@cost__listSize',
    ],
    [
      'by the Federation specification',
      `@link(url: "${FEDERATION}", import: ["@cost", "@listSize"])`,
      '@cost',
      '@listSize',
    ],
    [
      'by the Federation specification, with its prefix',
      `@link(url: "${FEDERATION}")`,
      '@federation__cost',
      '@federation__listSize',
    ],
    [
      'by the Federation specification, with an alias as prefix',
      `@link(url: "${FEDERATION}", as: "f")`,
      '@f__cost',
      '@f__listSize',
    ],
    ['from nowhere, under their standard names', '', '@cost', '@cost__listSize'],
  ])('%s', (_how, links, cost, listSize) => {
    const { weights, listSizes } = read(links, cost, listSize);
    expect(Object.fromEntries(weights)).toEqual(WEIGHTS);
    expect(listSizes.get('Query.a')).toEqual({ assumedSize: 4, slicingArguments: ['b'] });
  });

  it('other directives of these names are no costs', () => {
    const { weights, listSizes } = read(`@link(url: "${COST}", as: "price")`, '@cost', '@listSize');
    expect([weights.size, [...listSizes.keys()]]).toEqual([0, ['Query._entities']]);
  });
});
