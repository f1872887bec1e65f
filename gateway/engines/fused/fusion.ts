import { type GraphQLResolveInfo, isAbstractType, isObjectType, print } from 'graphql';
import { createFieldSetReader } from './field-set-reader.ts';
import { type FieldSet, isComplete, leafPaths } from '../../supergraph/field-set.ts';
import type { FusedContext } from './fused-context.ts';
import type { FusedObject } from './fused-object.ts';
import { lazy } from './lazy.ts';
import { EntityRoutes } from './entity-routes.ts';
import type { FieldSetReader, FieldOwner, FieldOwners } from './field-owner.ts';
import { SubgraphField } from './subgraph-field.ts';
import type { EmbeddedSubgraph, Representation } from './subgraph-schema.ts';
import type { FusedSupergraph } from './fused-supergraph.ts';
import { type MaybePromise, whenReady } from './when-ready.ts';

/** Resolves fields of objects in other subgraphs, as gateways do with `_entities` queries. */
export class Fusion implements FieldOwners {
  readonly #supergraph: FusedSupergraph;
  readonly #subgraphs: ReadonlyMap<string, EmbeddedSubgraph>;
  readonly #routes: EntityRoutes;
  readonly #fields = new Map<string, SubgraphField>();
  readonly #owners = new Map<string, FieldOwner>();

  constructor(supergraph: FusedSupergraph, subgraphs: ReadonlyMap<string, EmbeddedSubgraph>) {
    this.#supergraph = supergraph;
    this.#subgraphs = subgraphs;
    this.#routes = new EntityRoutes(supergraph);
  }

  /** Whether objects of a type must carry their origin. */
  carriesOrigin = (type: string): boolean => {
    const { schema, types } = this.#supergraph;
    const object = schema.getType(type);
    return (
      (types.get(type)?.keys.size ?? 0) > 1 ||
      (isObjectType(object) &&
        Object.values(schema.getTypeMap()).some(
          (other) => isAbstractType(other) && schema.isSubType(other, object),
        ))
    );
  };

  /** A field of a subgraph, with its resolver. */
  field(subgraph: string, type: string, name: string): SubgraphField {
    const key = `${subgraph}/${type}.${name}`;
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const embedded = this.#subgraphs.get(subgraph);
    const object = embedded?.schema.getType(type);
    const definition = isObjectType(object) ? object.getFields()[name] : undefined;
    if (embedded === undefined || definition === undefined)
      throw new Error(`The subgraph ${subgraph} must have ${type}.${name}, but has not.`);
    const field = new SubgraphField(embedded, type, definition, this.carriesOrigin);
    this.#fields.set(key, field);
    return field;
  }

  ownerOf(type: string, origin: string, name: string): FieldOwner {
    const key = `${origin}/${type}.${name}`;
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    const subgraph = this.#routes.ownerOf(type, origin, name);
    if (subgraph === undefined)
      throw new Error(`The field ${type}.${name} cannot be reached from the subgraph ${origin}.`);
    const requires = this.#supergraph.types.get(type)?.fields.get(name)?.requires.get(subgraph);
    const owner: FieldOwner = {
      field: this.field(subgraph, type, name),
      isOrigin: subgraph === origin && requires === undefined,
      counterpartKey: requires === undefined ? subgraph : `${subgraph} ${print(requires)}`,
      represent: lazy(() => this.#createRepresent(type, origin, subgraph, requires)),
    };
    this.#owners.set(key, owner);
    return owner;
  }

  /** The object in the field's subgraph; null if that does not know it. */
  counterpart(
    object: FusedObject,
    owner: FieldOwner,
    context: FusedContext,
    info: GraphQLResolveInfo,
  ): MaybePromise<unknown> {
    const known = object.counterpart(owner.counterpartKey);
    if (known !== undefined) return known;
    const parent = rejectInsteadOfThrow(() =>
      whenReady(owner.represent()(object, context, info), (representation) =>
        representation === null
          ? null
          : resolveReference(owner, object.type, representation, context, info),
      ),
    );
    object.addCounterpart(owner.counterpartKey, parent);
    return parent;
  }

  #createRepresent(
    type: string,
    origin: string,
    subgraph: string,
    requires: FieldSet | undefined,
  ): FieldSetReader {
    const key =
      this.#routes.reachable(type, origin).get(subgraph) ??
      this.#supergraph.types.get(type)?.keys.get(subgraph)?.[0];
    if (key === undefined)
      throw new Error(`No key leads from ${type} in ${origin} to ${subgraph}.`);
    const keyPaths = leafPaths(key);
    const readKey = createFieldSetReader(this, this.#supergraph.schema, type, origin, key);
    const readRequired =
      requires && createFieldSetReader(this, this.#supergraph.schema, type, origin, requires);
    return (object, context, info) =>
      whenReady(readKey(object, context, info), (keyFields) => {
        // Without a key, no other subgraph can know the object.
        if (keyFields === null || !isComplete(keyFields, keyPaths)) return null;
        const named = { __typename: type, ...keyFields };
        if (readRequired === undefined) return named;
        return whenReady(
          readRequired(object, context, info),
          (required) => required && { ...named, ...required },
        );
      });
  }
}

/** Resolves each reference once per request. Without a reference resolver, the representation is the object. */
function resolveReference(
  { field: { subgraph } }: FieldOwner,
  type: string,
  representation: Representation,
  context: FusedContext,
  info: GraphQLResolveInfo,
): unknown {
  const resolve = subgraph.referenceResolver(type);
  if (resolve === undefined) return representation;
  return context.entity(`${subgraph.name} ${JSON.stringify(representation)}`, () =>
    rejectInsteadOfThrow(() => resolve(representation, context.of(subgraph.name), info)),
  );
}

/** Turns a thrown error into a rejected promise, so that all fields that wait for the object get the same failure. */
function rejectInsteadOfThrow(resolve: () => unknown): unknown {
  try {
    return resolve();
  } catch (error) {
    const rejected = Promise.reject(error instanceof Error ? error : new Error(String(error)));
    rejected.catch(() => undefined);
    return rejected;
  }
}
