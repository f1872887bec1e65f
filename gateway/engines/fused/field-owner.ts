import type { GraphQLResolveInfo } from 'graphql';
import type { FusedContext } from './fused-context.ts';
import type { FusedObject } from './fused-object.ts';
import type { SubgraphField } from './subgraph-field.ts';
import type { Representation } from './subgraph-schema.ts';
import type { MaybePromise } from './when-ready.ts';

/** Where the value of a field comes from, seen from an object's home. */
export interface FieldOwner {
  readonly field: SubgraphField;
  /** Whether the home's own object will do. */
  readonly isOrigin: boolean;
  /** Names the parent that the field needs: its subgraph, with what was required of others for it. */
  readonly counterpartKey: string;
  /** The object's representation for the field's subgraph; null where it has none. */
  readonly represent: () => FieldSetReader;
}

/**
 * Reads the fields of a field set, as they would travel over HTTP; null where a subgraph that has one of them does not know
 * the object.
 */
export type FieldSetReader = (
  object: FusedObject,
  context: FusedContext,
  info: GraphQLResolveInfo,
) => MaybePromise<Representation | null>;

/** Finds fields, wherever they are. */
export interface FieldOwners {
  ownerOf(type: string, origin: string, name: string): FieldOwner;
  /** The object as the source's subgraph knows it; null where that does not know it. */
  counterpart(
    object: FusedObject,
    owner: FieldOwner,
    context: FusedContext,
    info: GraphQLResolveInfo,
  ): MaybePromise<unknown>;
}
