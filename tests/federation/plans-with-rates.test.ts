import { describe, expect, it } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { mergeExtensions } from '../../gateway/composition/merge-extensions.ts';
import { removedFromApi } from '../../gateway/composition/removed-from-api.ts';
import { createPlanner } from '../../gateway/engines/planned/planning/planner.ts';
import { withoutAccessRules } from '../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { readSdl } from '../subgraphs/open-subgraph.ts';
import { ratesSdl } from '../subgraphs/feeds/rates/start-rates.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { LIST_QUERY } from './list-query.ts';

const builtIn = SUBGRAPHS.map(({ name }) => ({ name, sdl: readSdl(name) }));
const withRates = [...builtIn, { name: 'rates', sdl: mergeExtensions(parse(ratesSdl())) }];

const ours = composeSupergraph(builtIn);
const whole = composeSupergraph(withRates);
// The planner refuses to load what it does not enforce.
const [planOurs, planWhole] = [ours, whole].map((supergraph) =>
  createPlanner(withoutAccessRules(supergraph)),
);

const MONEY_OF_BOTH = `{
  deals(first: 2) { nodes { amount { amount currency } } }
  payments(first: 2) { nodes { amount { amount currency } refundedAmount { amount } } }
}`;

describe('the rates feed in a graph', () => {
  it.each([
    ['the list query', LIST_QUERY],
    ['money of two subgraphs', MONEY_OF_BOTH],
  ])('does not change the plan of %s', (_title, query) => {
    expect(planWhole?.(query)).toEqual(planOurs?.(query));
    expect(planOurs?.(query).node).toBeDefined();
  });

  it('adds one fetch for the money at each response path that selects it', () => {
    const query = `{
      deals(first: 2) { nodes { amount { in(currency: "EUR") { amount } } } }
      payments(first: 2) { nodes { amount { in(currency: "EUR") { amount } } } }
    }`;
    const fetches = JSON.stringify(planWhole?.(query)).match(/"service":"\w+"/g) ?? [];
    expect(fetches.sort()).toEqual([
      '"service":"crm"',
      '"service":"payments"',
      '"service":"rates"',
      '"service":"rates"',
    ]);
  });

  it('removes nothing from the API of the built-in subgraphs', () => {
    expect(
      removedFromApi(
        ours,
        whole,
        builtIn.map(({ name }) => name),
      ),
    ).toEqual([]);
  });

  it('is composed to the same schema by both composers', () => {
    const { supergraphSdl = '' } = composeServices(
      withRates.map(({ name, sdl }) => ({
        name,
        typeDefs: typeof sdl === 'string' ? parse(sdl) : sdl,
      })),
    );
    const moneyOf = ({ document }: Supergraph) =>
      document.definitions.find((node) => 'name' in node && node.name.value === 'Money');
    const keysOf = (supergraph: Supergraph) =>
      JSON.stringify(moneyOf(supergraph)).match(/"amount currency"/g);
    expect(keysOf(new Supergraph(supergraphSdl))).toEqual(['"amount currency"']);
    expect(keysOf(whole)).toEqual(['"amount currency"']);
  });
});
