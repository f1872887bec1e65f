import { type DocumentNode, Kind, print, type TypeNode } from 'graphql';
import type { Literal } from './mapping/syntax-tree.ts';
import type { Shape } from './mapping/mapping.ts';
import { type ObjectTypes, readEnums } from './object-types.ts';

/** The types of a document, and the values that they accept from a mapping. */
export class DeclaredTypes {
  readonly objects: ObjectTypes;
  readonly #enums: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #interfaces: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(document: DocumentNode, objects: ObjectTypes) {
    this.objects = objects;
    this.#enums = readEnums(document);
    this.#interfaces = readInterfaces(document);
  }

  /** The possible object types of a value of a type; undefined for scalars and enums. */
  objectsOf(type: string): readonly string[] | undefined {
    if (this.objects.has(type)) return [type];
    return this.isAbstract(type) ? [...(this.objects.members.get(type) ?? [])] : undefined;
  }

  /** Includes an interface without an object type that implements it. */
  isAbstract = (type: string): boolean =>
    this.objects.members.has(type) || this.#interfaces.has(type);

  /** Whether objects of a type, or of some of its members, have a field. */
  hasField(type: string, field: string): boolean {
    if (this.#interfaces.get(type)?.has(field) === true) return true;
    return this.objectsOf(type)?.some((member) => this.objects.get(member)?.has(field)) === true;
  }

  /** The type of a field in the first object type that declares it. */
  fieldType(type: string, field: string): TypeNode | undefined {
    for (const member of this.objectsOf(type) ?? []) {
      const definition = this.objects.get(member)?.get(field);
      if (definition !== undefined) return definition.type;
    }
    return undefined;
  }

  /** Whether a type is a built-in scalar or an enum, which accepts no objects. Other scalars can. */
  isLeaf = (type: string): boolean => type in ACCEPTED_KINDS || this.#enums.has(type);

  /**
   * @param shape the shape of one value, not of alternatives
   * @returns why the type does not accept a value of this shape; undefined if it can. Fields of objects are not checked.
   */
  refuse(shape: Shape, type: TypeNode): Refusal | undefined {
    if (type.kind === Kind.NON_NULL_TYPE)
      return isNull(shape)
        ? { actual: 'null', reason: `but ${print(type)} is never null` }
        : this.refuse(shape, type.type);
    if (shape.kind === 'anything' || shape.kind === 'nothing' || isNull(shape)) return undefined;
    if (type.kind === Kind.LIST_TYPE) {
      if (shape.kind === 'list' || shape.kind === 'each') return undefined;
      return { actual: nameOf(shape), reason: `but ${print(type)} is a list: write $([...])` };
    }
    const name = type.name.value;
    const isLeaf = this.isLeaf(name);
    const isObject = this.objectsOf(name) !== undefined;
    if (shape.kind === 'list')
      return isLeaf || isObject
        ? {
            actual: 'a list',
            reason: `but ${name} is not a list: take an item, such as by ->first`,
          }
        : undefined;
    if (shape.kind === 'object' || shape.kind === 'each')
      return isLeaf
        ? { actual: 'an object', reason: `but ${name} is not an object type` }
        : undefined;
    if (isObject) return { actual: nameOf(shape), reason: `but ${name} is an object type` };
    return isLeaf ? this.#refuseLeaf(shape, name) : undefined;
  }

  #refuseLeaf(shape: Shape, name: string): Refusal | undefined {
    const values = this.#enums.get(name);
    const isAccepted = values === undefined ? accepts(shape, name) : kindOf(shape) === 'text';
    if (!isAccepted) return { actual: nameOf(shape), reason: `but the type is ${name}` };
    if (values === undefined || shape.kind !== 'literal' || values.has(String(shape.value)))
      return undefined;
    const known = [...values].join(', ');
    return { actual: nameOf(shape), reason: `which the enum ${name} does not have (${known})` };
  }
}

/** Why a mapping cannot return a type: the `actual` value, and the `reason` that the type does not accept it. */
export interface Refusal {
  readonly actual: string;
  /** Continues the sentence. */
  readonly reason: string;
}

type ScalarKind = 'boolean' | 'integer' | 'number' | 'text';

/** The values that built-in scalars accept. `String` and `ID` also accept numbers. */
const ACCEPTED_KINDS: Readonly<Record<string, readonly ScalarKind[]>> = {
  ID: ['integer', 'number', 'text'],
  String: ['boolean', 'integer', 'number', 'text'],
  Int: ['integer', 'number'],
  Float: ['integer', 'number'],
  Boolean: ['boolean'],
};

function accepts(shape: Shape, name: string): boolean {
  const kind = kindOf(shape);
  if (kind !== undefined && ACCEPTED_KINDS[name]?.includes(kind) !== true) return false;
  return name !== 'Int' || shape.kind !== 'literal' || isInt(shape.value);
}

/** https://spec.graphql.org/draft/#sec-Int: integers of 32 bits */
const isInt = (value: Literal['value']) =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value + 0.5) < 2 ** 31;

function kindOf(shape: Shape): ScalarKind | undefined {
  if (shape.kind === 'scalar') return shape.type === 'string' ? 'text' : shape.type;
  if (shape.kind !== 'literal' || shape.value === null) return undefined;
  if (typeof shape.value === 'string') return 'text';
  if (typeof shape.value === 'boolean') return 'boolean';
  return Number.isInteger(Number(shape.value)) ? 'integer' : 'number';
}

function nameOf(shape: Shape): string {
  if (shape.kind === 'object') return 'an object';
  if (shape.kind === 'literal')
    return typeof shape.value === 'string' ? `"${shape.value.slice(0, 40)}"` : String(shape.value);
  const kind = kindOf(shape);
  if (kind === 'boolean') return 'true or false';
  return kind === 'integer' || kind === 'number' ? 'a number' : 'text';
}

export const isNull = (shape: Shape): boolean => shape.kind === 'literal' && shape.value === null;

/** The type of the items of a list. */
export const itemType = (type: TypeNode): TypeNode => {
  if (type.kind === Kind.NON_NULL_TYPE) return itemType(type.type);
  return type.kind === Kind.LIST_TYPE ? type.type : type;
};

/** The field names of each interface, including its extensions. */
function readInterfaces({ definitions }: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const interfaces = new Map<string, Set<string>>();
  for (const node of definitions) {
    if (node.kind !== Kind.INTERFACE_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_EXTENSION)
      continue;
    const fields = interfaces.get(node.name.value) ?? new Set<string>();
    for (const { name } of node.fields ?? []) fields.add(name.value);
    interfaces.set(node.name.value, fields);
  }
  return interfaces;
}
