import { type GraphQLSchema, isScalarType } from 'graphql';
import { SCALARS } from '../../../subgraphs/scalars.ts';
import { readScalarOwners } from '../../supergraph/joins.ts';
import type { Supergraph } from '../../supergraph/supergraph.ts';

/**
 * Lets the gateway read scalars of built-in subgraphs as those do. Without it a value that cannot be would be found out by a service only,
 * and cost the client an answer where embedded execution refuses the operation.
 * @param names of the scalars that are theirs
 */
export function useOwnScalars(schema: GraphQLSchema, names: ReadonlySet<string>): void {
  for (const [name, { parseValue, parseLiteral }] of Object.entries(SCALARS)) {
    const type = names.has(name) ? schema.getType(name) : undefined;
    if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral });
  }
}

/**
 * The scalars of built-in subgraphs that no other subgraph has: one of the same name may mean something else there.
 * @param subgraphs are the built-in ones of the supergraph
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
