import {
  type GraphQLCompositeType,
  isAbstractType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { FieldSet } from '../../supergraph/field-set.ts';
import { type FusedSupergraph, targetOf } from './fused-supergraph.ts';

/** The subgraphs that can be reached from an object's origin, nearest first, with the key to enter each. */
export type ReachableSubgraphs = ReadonlyMap<string, FieldSet | undefined>;

/** Finds the routes between subgraphs, once for each type and origin. */
export class EntityRoutes {
  readonly #supergraph: FusedSupergraph;
  readonly #reachable = new Map<string, ReachableSubgraphs>();

  constructor(supergraph: FusedSupergraph) {
    this.#supergraph = supergraph;
  }

  /** The reachable subgraphs, origin first, each with the key to enter it. The origin needs no key. */
  reachable(type: string, origin: string): ReachableSubgraphs {
    const name = `${origin}/${type}`;
    const known = this.#reachable.get(name);
    if (known !== undefined) return known;
    const reachable = new Map<string, FieldSet | undefined>([[origin, undefined]]);
    // For recursive calls: a key can lead back to its own type, and then only the origin is certain.
    this.#reachable.set(name, new Map(reachable));
    for (let grown = true; grown;) grown = this.#grow(type, reachable);
    this.#reachable.set(name, reachable);
    return reachable;
  }

  /** The nearest subgraph that resolves a field; undefined if none is reachable. */
  ownerOf(type: string, origin: string, field: string): string | undefined {
    const owners = this.#supergraph.types.get(type)?.fields.get(field)?.owners ?? [];
    if (owners.includes(origin)) return origin;
    for (const subgraph of this.reachable(type, origin).keys())
      if (owners.includes(subgraph)) return subgraph;
    return undefined;
  }

  /** Adds the subgraphs one key away. Breadth-first, so the shortest route wins. */
  #grow(type: string, reachable: Map<string, FieldSet | undefined>): boolean {
    const within = [...reachable.keys()];
    const found: [string, FieldSet][] = [];
    for (const [subgraph, keys] of this.#supergraph.types.get(type)?.keys ?? []) {
      const key = reachable.has(subgraph)
        ? undefined
        : keys.find((candidate) => this.#isReadable(type, within, candidate));
      if (key !== undefined) found.push([subgraph, key]);
    }
    for (const [subgraph, key] of found) reachable.set(subgraph, key);
    return found.length > 0;
  }

  #isReadable(
    typeName: string,
    within: readonly string[],
    { selections }: SelectionSetNode,
  ): boolean {
    const type = this.#supergraph.schema.getType(typeName);
    if (!isCompositeType(type)) return false;
    return selections.every((selection) => {
      if (selection.kind !== Kind.FIELD) return true;
      const name = selection.name.value;
      if (name === '__typename') return true;
      const owners = this.#ownersOf(type, name);
      const target = targetOf(type, name);
      return within.some(
        (subgraph) =>
          owners.includes(subgraph) &&
          (target === undefined ||
            selection.selectionSet === undefined ||
            this.#isReadableFrom(target, subgraph, selection.selectionSet)),
      );
    });
  }

  #isReadableFrom(type: GraphQLCompositeType, origin: string, fields: SelectionSetNode): boolean {
    return (
      this.#isReadable(type.name, [origin], fields) ||
      this.#isReadable(type.name, [...this.reachable(type.name, origin).keys()], fields)
    );
  }

  #ownersOf(type: GraphQLCompositeType, field: string): readonly string[] {
    const ofType = (name: string) =>
      this.#supergraph.types.get(name)?.fields.get(field)?.owners ?? [];
    if (!isAbstractType(type)) return ofType(type.name);
    return this.#supergraph.schema
      .getPossibleTypes(type)
      .flatMap((possible) => ofType(possible.name));
  }
}
