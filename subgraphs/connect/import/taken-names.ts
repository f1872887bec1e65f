import { isTypeDefinitionNode, Kind, parse } from 'graphql';
import type { TakenNames } from './import-api.ts';

/** The names of types and root fields in the SDL of subgraphs. */
export function takenIn(sdls: readonly string[]): TakenNames {
  const names = {
    types: new Set<string>(),
    queries: new Set<string>(),
    mutations: new Set<string>(),
  };
  for (const node of sdls.flatMap((sdl) => parse(sdl, { noLocation: true }).definitions)) {
    if (!isTypeDefinitionNode(node)) continue;
    const { name, kind } = node;
    const roots = { Query: names.queries, Mutation: names.mutations }[name.value];
    if (roots === undefined || kind !== Kind.OBJECT_TYPE_DEFINITION) names.types.add(name.value);
    else for (const field of node.fields ?? []) roots.add(field.name.value);
  }
  return names;
}
