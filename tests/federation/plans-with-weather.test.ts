import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { mergeExtensions } from '../../gateway/composition/merge-extensions.ts';
import { removedFromApi } from '../../gateway/composition/removed-from-api.ts';
import { createPlanner } from '../../gateway/engines/planned/planning/planner.ts';
import { withoutAccessRules } from '../../gateway/supergraph/access-rules.ts';
import { openFeed } from '../../subgraphs/feeds/feed.ts';
import { weather } from '../../subgraphs/feeds/weather/weather-feed.ts';
import { readSdl } from '../subgraphs/open-subgraph.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { LIST_QUERY } from './list-query.ts';

const { sdl } = openFeed('weather', weather, readSdl, { contact: undefined, baseUrls: {} });
const builtIn = SUBGRAPHS.map(({ name }) => ({ name, sdl: readSdl(name) }));
// By Apollo's composer.
const ours = composeSupergraph(builtIn);
const whole = composeSupergraph([
  ...builtIn,
  { name: 'weather', sdl: mergeExtensions(parse(sdl)) },
]);
// The planner refuses to load what it does not enforce.
const [planOurs, planWhole] = [ours, whole].map((supergraph) =>
  createPlanner(withoutAccessRules(supergraph)),
);

const PLACES = '{ places(text: "coffee") { nodes { name location { latitude } } } }';

describe('the weather feed in a graph of services', () => {
  it.each([
    ['the list query', LIST_QUERY],
    ['places', PLACES],
  ])('does not change the plan of %s', (_title, query) => {
    expect(planWhole?.(query)).toEqual(planOurs?.(query));
    expect(planOurs?.(query).node).toBeDefined();
  });

  it('adds one fetch, by the coordinates that come with the places', () => {
    const query = '{ places(text: "coffee") { nodes { name forecast { source } alerts { id } } } }';
    const plan = JSON.stringify(planWhole?.(query));
    expect(plan.match(/"service":"\w+"/g)).toEqual(['"service":"maps"', '"service":"weather"']);
  });

  it('removes nothing from the API of the built-in subgraphs', () => {
    const names = builtIn.map(({ name }) => name);
    expect(removedFromApi(ours, whole, names)).toEqual([]);
  });
});
