import type { SubgraphModule } from '../../subgraphs/module.ts';
import { readJoins } from '../supergraph/joins.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * The built-in subgraphs of a supergraph. A subgraph with the name of a built-in one, but without the type that only the built-in one
 * defines, is a different subgraph.
 */
export function findBuiltIn<Module extends Pick<SubgraphModule, 'name' | 'ownType'>>(
  { document }: Supergraph,
  modules: readonly Module[],
): readonly Module[] {
  const { types } = readJoins(document);
  return modules.filter(({ name, ownType }) => types.get(ownType)?.keys.has(name) === true);
}
