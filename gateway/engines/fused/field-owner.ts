import type { GraphQLResolveInfo } from 'graphql';
import type { FusedContext } from './fused-context.ts';
import type { FusedObject } from './fused-object.ts';
import type { SubgraphField } from './subgraph-field.ts';
import type { Representation } from './subgraph-schema.ts';
import type { MaybePromise } from './when-ready.ts';

/** How the value of a field is found from an object's origin. */
export interface FieldOwner {
  readonly field: SubgraphField;
  /** Whether the origin's own object has the field. */
  readonly isOrigin: boolean;
  /** Identifies the parent object of the field: its subgraph and the fields that it requires of others. */
  readonly counterpartKey: string;
  /** The object's representation for the field's subgraph; null if it has none. */
  readonly represent: () => FieldSetReader;
}

/**
 * Reads the fields of a field set as a representation has them. Null if a subgraph that owns one of them does not know the object.
 */
export type FieldSetReader = (
  object: FusedObject,
  context: FusedContext,
  info: GraphQLResolveInfo,
) => MaybePromise<Representation | null>;

/** Finds the owners of fields. */
export interface FieldOwners {
  ownerOf(type: string, origin: string, name: string): FieldOwner;
  /** The object in the owner's subgraph; null if that does not know it. */
  counterpart(
    object: FusedObject,
    owner: FieldOwner,
    context: FusedContext,
    info: GraphQLResolveInfo,
  ): MaybePromise<unknown>;
}
