import {
  defaultTypeResolver,
  getArgumentValues,
  type FieldNode,
  getNamedType,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { FusedObject } from './fused-object.ts';
import type { EmbeddedSubgraph } from './subgraph-schema.ts';
import { isPromise, type MaybePromise, whenReady } from './when-ready.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** A field with its resolver in one subgraph. */
export class SubgraphField {
  readonly subgraph: EmbeddedSubgraph;
  readonly definition: GraphQLField<unknown, unknown>;
  /** `Type.field`. */
  readonly coordinate: string;
  /** Whether the value is an unchanged property of the parent. */
  readonly isProperty: boolean;
  /** Wraps a resolved value for the fused schema's resolvers. */
  readonly wrap: (value: unknown, context: object, info: GraphQLResolveInfo) => unknown;

  /** @param carriesOrigin whether objects of a type must carry their origin */
  constructor(
    subgraph: EmbeddedSubgraph,
    type: string,
    definition: GraphQLField<unknown, unknown>,
    carriesOrigin: (type: string) => boolean,
  ) {
    this.subgraph = subgraph;
    this.definition = definition;
    this.coordinate = `${type}.${definition.name}`;
    this.wrap = createWrap(subgraph.name, definition.type, carriesOrigin);
    this.isProperty = definition.resolve === undefined && this.wrap === asItIs;
  }

  read(parent: unknown, args: Arguments, context: object, info: GraphQLResolveInfo): unknown {
    const { resolve, name } = this.definition;
    return resolve === undefined
      ? readProperty(parent, name, args, context, info)
      : resolve(parent, args, context, info);
  }

  /** The arguments in a field set, and the subgraph's defaults for the others. */
  argumentsOf(node: FieldNode): Arguments {
    return this.definition.args.length === 0
      ? NO_ARGUMENTS
      : getArgumentValues(this.definition, node);
  }
}

const NO_ARGUMENTS: Arguments = Object.freeze({});

/** What graphql-js does for a field without a resolver; its own function reads the field's name from `info`. */
function readProperty(
  parent: unknown,
  name: string,
  args: Arguments,
  context: object,
  info: GraphQLResolveInfo,
): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  const property: unknown = Reflect.get(parent, name);
  return typeof property === 'function'
    ? (property.call(parent, args, context, info) as unknown)
    : property;
}

function createWrap(
  origin: string,
  type: GraphQLOutputType,
  carriesOrigin: (type: string) => boolean,
): SubgraphField['wrap'] {
  const target = getNamedType(type);
  if (isLeafType(target) || (!isAbstractType(target) && !carriesOrigin(target.name))) return asItIs;
  const wrapObject = isAbstractType(target)
    ? (value: unknown, context: object, info: GraphQLResolveInfo) =>
        whenReady(
          typeOf(target, value, context, info),
          (name) => new FusedObject(name, origin, value),
        )
    : (value: unknown) => new FusedObject(target.name, origin, value);
  return wrapItems(type, wrapObject);
}

const asItIs: SubgraphField['wrap'] = (value) => value;

function wrapItems(
  type: GraphQLOutputType,
  wrapObject: SubgraphField['wrap'],
): SubgraphField['wrap'] {
  if (isNonNullType(type)) return wrapItems(type.ofType, wrapObject);
  // An error among the items nulls only its own item; graphql-js reports it there.
  const unless = (next: SubgraphField['wrap']): SubgraphField['wrap'] => {
    const wrap: SubgraphField['wrap'] = (value, context, info) => {
      if (value == null || value instanceof Error) return value;
      return isPromise(value)
        ? value.then((settled) => wrap(settled, context, info))
        : next(value, context, info);
    };
    return wrap;
  };
  if (!isListType(type)) return unless(wrapObject);
  const wrapItem = wrapItems(type.ofType, wrapObject);
  return unless((value, context, info) =>
    // graphql-js reports a value that is not a list.
    isIterable(value) ? Array.from(value, (item) => wrapItem(item, context, info)) : value,
  );
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** The name of an object's type, from the subgraph's type resolver. */
export function typeOf(
  type: GraphQLAbstractType,
  value: unknown,
  context: object,
  info: GraphQLResolveInfo,
): MaybePromise<string> {
  return whenReady(
    (type.resolveType ?? defaultTypeResolver)(value, context, info, type),
    (name) => {
      if (name === undefined)
        throw new Error(
          `The subgraph must say which type of ${type.name} an object has, but does not.`,
        );
      return name;
    },
  );
}
