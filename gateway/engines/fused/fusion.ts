import { type GraphQLResolveInfo, isAbstractType, isObjectType, print } from 'graphql';
import { createFieldSetReader } from './field-set-reader.ts';
import type { FieldSet } from '../../supergraph/field-set.ts';
import type { FusedContext } from './fused-context.ts';
import type { FusedObject } from './fused-object.ts';
import { once } from './once.ts';
import { Routes } from './routes.ts';
import type { FieldSetReader, Source, Sources } from './source.ts';
import { SubgraphField } from './subgraph-field.ts';
import type { EmbeddedSubgraph, Representation } from './subgraph-schema.ts';
import type { FusedSupergraph } from './fused-supergraph.ts';
import { type MaybePromise, whenReady } from './when-ready.ts';

/** Leads from objects of one subgraph to their fields in others, as gateways do with `_entities` queries. */
export class Fusion implements Sources {
  readonly #supergraph: FusedSupergraph;
  readonly #subgraphs: ReadonlyMap<string, EmbeddedSubgraph>;
  readonly #routes: Routes;
  readonly #fields = new Map<string, SubgraphField>();
  readonly #sources = new Map<string, Source>();

  constructor(supergraph: FusedSupergraph, subgraphs: ReadonlyMap<string, EmbeddedSubgraph>) {
    this.#supergraph = supergraph;
    this.#subgraphs = subgraphs;
    this.#routes = new Routes(supergraph);
  }

  /** Whether objects of a type must carry where they come from. */
  needsBox = (type: string): boolean => {
    const { schema, types } = this.#supergraph;
    const object = schema.getType(type);
    return (
      (types.get(type)?.keys.size ?? 0) > 1 ||
      (isObjectType(object) && Object.values(schema.getTypeMap()).some((other) => isAbstractType(other) && schema.isSubType(other, object)))
    );
  };

  /** A field as a subgraph resolves it. */
  field(subgraph: string, type: string, name: string): SubgraphField {
    const key = `${subgraph}/${type}.${name}`;
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const embedded = this.#subgraphs.get(subgraph);
    const object = embedded?.schema.getType(type);
    const definition = isObjectType(object) ? object.getFields()[name] : undefined;
    if (embedded === undefined || definition === undefined)
      throw new Error(`The subgraph ${subgraph} must have ${type}.${name}, but has not.`);
    const field = new SubgraphField(embedded, type, definition, this.needsBox);
    this.#fields.set(key, field);
    return field;
  }

  source(type: string, home: string, name: string): Source {
    const key = `${home}/${type}.${name}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const subgraph = this.#routes.source(type, home, name);
    if (subgraph === undefined) throw new Error(`The field ${type}.${name} cannot be reached from the subgraph ${home}.`);
    const requires = this.#supergraph.types.get(type)?.fields.get(name)?.requires.get(subgraph);
    const source: Source = {
      field: this.field(subgraph, type, name),
      isHome: subgraph === home && requires === undefined,
      parentName: requires === undefined ? subgraph : `${subgraph} ${print(requires)}`,
      represent: once(() => this.#createRepresent(type, home, subgraph, requires)),
    };
    this.#sources.set(key, source);
    return source;
  }

  /** The object as the field's subgraph knows it; null where that does not know it. */
  parent(object: FusedObject, source: Source, context: FusedContext, info: GraphQLResolveInfo): MaybePromise<unknown> {
    const known = object.parent(source.parentName);
    if (known !== undefined) return known;
    const parent = rejectInsteadOfThrow(() =>
      whenReady(source.represent()(object, context, info), (representation) =>
        representation === null ? null : resolveReference(source, object.type, representation, context, info),
      ),
    );
    object.addParent(source.parentName, parent);
    return parent;
  }

  #createRepresent(type: string, home: string, subgraph: string, requires: FieldSet | undefined): FieldSetReader {
    const key = this.#routes.reach(type, home).get(subgraph) ?? this.#supergraph.types.get(type)?.keys.get(subgraph)?.[0];
    if (key === undefined) throw new Error(`No key leads from ${type} in ${home} to ${subgraph}.`);
    const readKey = createFieldSetReader(this, this.#supergraph.schema, type, home, key);
    const readRequired = requires && createFieldSetReader(this, this.#supergraph.schema, type, home, requires);
    return (object, context, info) =>
      whenReady(readKey(object, context, info), (keyFields) => {
        // An object without a key no other subgraph can know.
        if (keyFields === null || Object.values(keyFields).includes(null)) return null;
        const named = { __typename: type, ...keyFields };
        if (readRequired === undefined) return named;
        return whenReady(readRequired(object, context, info), (required) => required && { ...named, ...required });
      });
  }
}

/** Each reference is resolved once, whatever names it; a representation that stands for itself needs nobody. */
function resolveReference(
  { field: { subgraph } }: Source,
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

/** So that one failure reaches all who wait for the same object, however it comes about. */
function rejectInsteadOfThrow(resolve: () => unknown): unknown {
  try {
    return resolve();
  } catch (error) {
    const rejected = Promise.reject(error instanceof Error ? error : new Error(String(error)));
    rejected.catch(() => undefined);
    return rejected;
  }
}
