import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices } from '@theguild/federation-composition';
import { buildASTSchema, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { buildApiDocument } from '../../../gateway/supergraph/api-document.ts';
import { mergeExtensions } from '../../../gateway/composition/merge-extensions.ts';
import { readJoins } from '../../../gateway/supergraph/joins.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import { readSdl } from '../../subgraphs/open-subgraph.ts';
import { type RandomSubgraph, randomSubgraphs } from './random-subgraphs.ts';

/** What a gateway reads of a supergraph: its API, and who resolves what by which keys. */
function meaningOf(sdl: string) {
  const { document } = new Supergraph(sdl);
  const api = buildASTSchema(buildApiDocument(document), { assumeValidSDL: true });
  const { types } = readJoins(document);
  const joins = [...types.values()].map(({ name, keys, fields }) => [
    name,
    [...keys].map(([owner, sets]) => [owner, sets.map((set) => JSON.stringify(set)).sort()]).sort(),
    [...fields]
      .map(([field, { owners, requires }]) => [field, [...owners].sort(), [...requires]])
      .sort(),
  ]);
  return { api: printSchema(lexicographicSortSchema(api)), joins: joins.sort() };
}

function composeTwice(subgraphs: readonly RandomSubgraph[]) {
  const services = subgraphs.map(({ name, sdl }) => ({
    name,
    url: `http://${name}.invalid`,
    typeDefs: mergeExtensions(parse(sdl)),
  }));
  const [ours, apollo] = [composeServices(services), composeByApollo(services)];
  return { ours: ours.supergraphSdl, apollo: apollo.supergraphSdl };
}

describe('@theguild/federation-composition and @apollo/composition have the same result', () => {
  it('for the built-in subgraphs', () => {
    const { ours = '', apollo = '' } = composeTwice(
      SUBGRAPHS.map(({ name }) => ({ name, sdl: readSdl(name) })),
    );

    expect(meaningOf(ours)).toEqual(meaningOf(apollo));
  });

  it('for a hundred generated sets of subgraphs, with the same refusals', () => {
    let composed = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { ours, apollo } = composeTwice(randomSubgraphs(seed));
      expect([seed, ours === undefined]).toEqual([seed, apollo === undefined]);
      if (ours === undefined || apollo === undefined) continue;
      composed++;
      expect({ seed, ...meaningOf(ours) }).toEqual({ seed, ...meaningOf(apollo) });
    }
    expect(composed).toBeGreaterThan(40);
    expect(composed).toBeLessThan(90);
  });
});
