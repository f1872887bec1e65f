import {
  type GraphQLCompositeType,
  isAbstractType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { SelectedFields } from '../selected-fields.ts';
import { type FusedSupergraph, targetOf } from './fused-supergraph.ts';

/** Names of fields by `<subgraph>/<type>`. */
type Wanted = Map<string, Set<string>>;

export const wantedFields = (
  supergraph: FusedSupergraph,
  selected: SelectedFields,
): ((subgraph: string, type: string) => ReadonlySet<string>) => {
  const wanted = fieldsByOwner(supergraph, selected);
  return (subgraph, type) => wanted.get(`${subgraph}/${type}`) ?? NOTHING;
};

/**
 * The fields that an operation needs of each subgraph, by `<subgraph>/<type>`: selected fields, and the fields of `@key` and `@requires` on the
 * routes to them. A field with several owners counts for each of them: the origin of the object decides which one resolves it. Composition names
 * no owner for a field of an interface object: it counts for a subgraph without a name.
 */
export function fieldsByOwner(
  supergraph: FusedSupergraph,
  selected: SelectedFields,
): ReadonlyMap<string, ReadonlySet<string>> {
  const wanted: Wanted = new Map();
  for (const [type, fields] of selected)
    for (const field of fields) want(supergraph, wanted, type, field);
  return wanted;
}

const NOTHING: ReadonlySet<string> = new Set();

function want(supergraph: FusedSupergraph, wanted: Wanted, typeName: string, field: string): void {
  const joined = supergraph.types.get(typeName);
  const type = supergraph.schema.getType(typeName);
  const joinedField = joined?.fields.get(field);
  if (joined === undefined || joinedField === undefined || !isCompositeType(type)) return;
  const { owners, requires } = joinedField;
  for (const owner of owners.length > 0 ? owners : ['']) {
    const name = `${owner}/${typeName}`;
    const fields = wanted.get(name) ?? new Set();
    if (fields.has(field)) continue;
    wanted.set(name, fields.add(field));
    const required = requires.get(owner);
    if (required !== undefined) wantAll(supergraph, wanted, type, required);
    // A type of a single subgraph is never entered from another.
    if (joined.keys.size > 1)
      for (const key of joined.keys.get(owner) ?? []) wantAll(supergraph, wanted, type, key);
  }
}

function wantAll(
  supergraph: FusedSupergraph,
  wanted: Wanted,
  type: GraphQLCompositeType,
  { selections }: SelectionSetNode,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition =
        selection.typeCondition && supergraph.schema.getType(selection.typeCondition.name.value);
      wantAll(
        supergraph,
        wanted,
        isCompositeType(condition) ? condition : type,
        selection.selectionSet,
      );
    } else if (selection.kind === Kind.FIELD) {
      for (const possible of isAbstractType(type)
        ? supergraph.schema.getPossibleTypes(type)
        : [type]) {
        want(supergraph, wanted, possible.name, selection.name.value);
      }
      const target = targetOf(type, selection.name.value);
      if (target !== undefined && selection.selectionSet !== undefined)
        wantAll(supergraph, wanted, target, selection.selectionSet);
    }
  }
}
