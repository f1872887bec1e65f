import { buildAudienceSchema } from './audience-schema.ts';
import { readAudiences } from './audiences.ts';
import type { SubgraphModule } from '../../subgraphs/module.ts';
import { findBuiltIn } from '../engines/built-in-subgraphs.ts';
import { withoutAccessRules } from '../supergraph/access-rules.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * Composes the schema of each audience in `audiences.yml` for a supergraph with built-in subgraphs.
 * @returns an empty map for a supergraph without built-in subgraphs, because the meaning of its tags is unknown. Audiences without visible
 * elements or without a valid schema are omitted.
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
