import {
  type DocumentNode,
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLScalarType,
  GraphQLString,
  Kind,
  type TypeNode,
} from 'graphql';
import { SCALARS } from '../scalars.ts';

/** Reads a value of a response as one of a declared type. @throws Error that says what came in its place */
export type ReadLeaf = (value: unknown) => unknown;

/**
 * How values of the document's scalars and enums are read, by the names of the types. Without this, a source that responds something else
 * than what the SDL declares would look like a fault of ours.
 */
export class DeclaredLeaves {
  readonly #enums: ReadonlyMap<string, ReadonlySet<string>>;

  constructor({ definitions }: DocumentNode) {
    this.#enums = new Map(
      definitions.flatMap((node) =>
        node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_EXTENSION
          ? [[node.name.value, new Set(node.values?.map(({ name }) => name.value))] as const]
          : [],
      ),
    );
  }

  /** @returns undefined for a type that is neither, and for scalars of the file, which can be any JSON */
  of(type: TypeNode): ReadLeaf | undefined {
    if (type.kind !== Kind.NAMED_TYPE) return undefined;
    const name = type.name.value;
    const values = this.#enums.get(name);
    if (values !== undefined) return (value) => readEnum(values, value);
    const scalar = KNOWN_SCALARS[name];
    return scalar && ((value) => readScalar(scalar, value));
  }
}

/** A value that the enum lacks is `UNKNOWN` where the enum has that: a source may add values at any time. */
function readEnum(values: ReadonlySet<string>, value: unknown): unknown {
  if (typeof value === 'string' && values.has(value)) return value;
  if (typeof value === 'string' && values.has('UNKNOWN')) return 'UNKNOWN';
  throw new TypeError('The value is not one of the enum.');
}

function readScalar(scalar: GraphQLScalarType, value: unknown): unknown {
  // Most values: the engine serializes them once, and says the same of them.
  if (typeof value === 'string' && (scalar === GraphQLString || scalar === GraphQLID)) return value;
  if (typeof value === 'bigint')
    return scalar === GraphQLFloat ? Number(value) : readBig(scalar, value);
  scalar.serialize(value);
  return value;
}

/** Its digits, which a number would lose. */
function readBig(scalar: GraphQLScalarType, value: bigint): string {
  const text = String(value);
  if (scalar === GraphQLInt) throw new RangeError('Int has 32 bits.');
  scalar.serialize(text);
  return text;
}

const KNOWN_SCALARS: Readonly<Record<string, GraphQLScalarType>> = {
  Int: GraphQLInt,
  Float: GraphQLFloat,
  String: GraphQLString,
  Boolean: GraphQLBoolean,
  ID: GraphQLID,
  ...SCALARS,
};
