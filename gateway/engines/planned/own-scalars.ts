import { type GraphQLSchema, isScalarType } from 'graphql';
import { SCALARS } from '../../../subgraphs/scalars.ts';
import { readScalarOwners } from '../../supergraph/joins.ts';
import type { Supergraph } from '../../supergraph/supergraph.ts';

/**
 * Makes the gateway parse scalars of built-in subgraphs as these subgraphs do. Otherwise only a service would detect an invalid value, and the
 * client would get a partial response where embedded execution refuses the operation.
 * @param names of the scalars of built-in subgraphs
 */
export function useOwnScalars(schema: GraphQLSchema, names: ReadonlySet<string>): void {
  for (const [name, { parseValue, parseLiteral }] of Object.entries(SCALARS)) {
    const type = names.has(name) ? schema.getType(name) : undefined;
    if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral });
  }
}

/**
 * The scalars that only built-in subgraphs define: elsewhere, a scalar of that name can have another meaning.
 * @param subgraphs the built-in subgraphs of the supergraph
 */
export function scalarsOf(
  { document }: Supergraph,
  subgraphs: readonly { readonly name: string }[],
): ReadonlySet<string> {
  const names = new Set(subgraphs.map(({ name }) => name));
  const owned = [...readScalarOwners(document)].filter(([, owners]) =>
    owners.every((owner) => names.has(owner)),
  );
  return new Set(owned.map(([scalar]) => scalar));
}
