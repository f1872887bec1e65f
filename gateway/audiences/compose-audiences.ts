import { buildAudienceSchema } from './audience-schema.ts';
import { readAudiences } from './audiences.ts';
import type { SubgraphModule } from '../../subgraphs/module.ts';
import { findBuiltIn } from '../engines/built-in-subgraphs.ts';
import { withoutAccessRules } from '../supergraph/access-rules.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * What each audience of `audiences.yml` sees of a supergraph that has built-in subgraphs and others, by the tags in it.
 * @returns none for a supergraph without built-in subgraphs: what its tags mean is not known. An audience that sees nothing of it, or of
 * which no schema can be made, is left out.
 */
export function composeAudiences(
  supergraph: Supergraph,
  modules: readonly SubgraphModule[],
  yaml: string,
): ReadonlyMap<string, string> {
  if (findBuiltIn(supergraph, modules).length === 0) return new Map();
  const open = withoutAccessRules(supergraph);
  return new Map(
    [...readAudiences(yaml)].flatMap(([name, tags]) => {
      try {
        return [[name, buildAudienceSchema(open, tags)] as const];
      } catch {
        return [];
      }
    }),
  );
}
