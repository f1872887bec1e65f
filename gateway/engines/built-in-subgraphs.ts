import type { SubgraphModule } from '../../subgraphs/module.ts';
import { readJoins } from '../supergraph/joins.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * The built-in subgraphs that a supergraph has, whatever others it has too. A subgraph of the same name that lacks the type which the
 * built-in one alone defines is somebody else's.
 */
export function findBuiltIn<Module extends Pick<SubgraphModule, 'name' | 'ownType'>>(
  { document }: Supergraph,
  modules: readonly Module[],
): readonly Module[] {
  const { types } = readJoins(document);
  return modules.filter(({ name, ownType }) => types.get(ownType)?.keys.has(name) === true);
}
