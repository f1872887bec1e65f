import type { Connector } from './connector-file.ts';
import { namedType, type ObjectTypes } from './object-types.ts';
import { fieldsOf, type ProvidedFields, type ObjectShape, objectsIn } from './mapping-fields.ts';
import { type Shape, shapeOf } from './mapping/mapping.ts';

/** Objects of one type that a selection gives, at one of its places. */
export interface ProvidedObject {
  readonly connector: Connector;
  readonly type: string;
  /** Names of fields from the value of the selection to the objects; `...Book` for those of a union or an interface that are of this type. */
  readonly path: readonly string[];
  /** The fields that they carry; undefined where the selection does not say. */
  readonly fields: ProvidedFields | undefined;
}

/** A place of a selection that gives objects of a union or an interface. */
export interface AbstractPlace {
  readonly type: string;
  readonly path: readonly string[];
  readonly members: ReadonlySet<string>;
  /** What `__typename` can be there; undefined where only the response says it. */
  readonly named: readonly string[] | undefined;
  /** Whether no alternative of the selection gives a `__typename`. */
  readonly isUnnamed: boolean;
}

/** The objects that the selection of a connector gives, those in others included. Lists are as their items. */
export const providedObjects = (
  connector: Connector,
  types: ObjectTypes,
): readonly ProvidedObject[] => new SelectionReader(connector, types).objects;

/** The places of a selection that give objects of unions and interfaces. */
export const abstractPlaces = (
  connector: Connector,
  types: ObjectTypes,
): readonly AbstractPlace[] => new SelectionReader(connector, types).abstract;

class SelectionReader {
  readonly objects: ProvidedObject[] = [];
  readonly abstract: AbstractPlace[] = [];
  readonly #connector: Connector;
  readonly #types: ObjectTypes;

  constructor(connector: Connector, types: ObjectTypes) {
    this.#connector = connector;
    this.#types = types;
    this.#visit(typeOf(connector, types), shapeOf(connector.selection), []);
  }

  #visit(type: string, shape: Shape, path: readonly string[]): void {
    const members = this.#types.members.get(type);
    if (members !== undefined) {
      this.#visitAbstract(type, members, shape, path);
      return;
    }
    if (!this.#types.has(type)) return;
    const fields = fieldsOf(shape);
    const [object] = objectsIn(shape) ?? [];
    this.objects.push({ connector: this.#connector, type, path, fields });
    if (fields !== undefined && object !== undefined) this.#visitFields(type, object, path);
  }

  #visitAbstract(
    type: string,
    members: ReadonlySet<string>,
    shape: Shape,
    path: readonly string[],
  ): void {
    const objects = objectsIn(shape) ?? [ANY_OBJECT];
    const named = objects.map(typeNamesOf);
    this.abstract.push({
      type,
      path,
      members,
      named: named.includes(undefined) ? undefined : named.flatMap((names) => names ?? []),
      isUnnamed: objects.every(({ fields, open }) => !open && !fields.has('__typename')),
    });
    for (const [index, object] of objects.entries())
      for (const member of named[index] ?? members) {
        if (!members.has(member)) continue;
        const own = `...${member}`;
        // An object that can be of several types has fields of all of them.
        const fields = named[index]?.length === 1 ? object : this.#fieldsOfMember(member, object);
        this.objects.push({
          connector: this.#connector,
          type: member,
          path: [...path, own],
          fields: fieldsOf(fields),
        });
        this.#visitFields(member, fields, [...path, own]);
      }
  }

  #fieldsOfMember(member: string, { fields, positions, open }: ObjectShape): ObjectShape {
    const known = this.#types.get(member);
    const ofMember = [...fields].filter(([name]) => name === '__typename' || known?.has(name));
    return { kind: 'object', open, fields: new Map(ofMember), positions };
  }

  #visitFields(type: string, { fields, open }: ObjectShape, path: readonly string[]): void {
    if (open) return;
    for (const [name, below] of fields) {
      const field = this.#types.get(type)?.get(name);
      if (field !== undefined) this.#visit(namedType(field.type), below, [...path, name]);
    }
  }
}

const ANY_OBJECT: ObjectShape = {
  kind: 'object',
  fields: new Map(),
  positions: new Map(),
  open: true,
};

/** The names that the selection itself gives a type; undefined where the response does. */
function typeNamesOf({ fields, open }: ObjectShape): readonly string[] | undefined {
  const shape = fields.get('__typename');
  // It is of no type, as where no pair of a `->match` is for its value.
  if (shape === undefined && !open) return [];
  const shapes = shape?.kind === 'either' ? shape.shapes : [shape];
  const names: string[] = [];
  for (const one of shapes) {
    if (one?.kind === 'literal' && typeof one.value === 'string') names.push(one.value);
    else if (one?.kind !== 'nothing' && !(one?.kind === 'literal' && one.value === null))
      return undefined;
  }
  return names;
}

/** @returns the names of other connectors whose selections give objects that one finds by a key */
export function feedersIn(
  connectors: readonly Connector[],
  types: ObjectTypes,
): (connector: Connector) => readonly string[] {
  const connectorsByType = new Map<string, string[]>();
  for (const connector of connectors)
    for (const type of new Set(providedObjects(connector, types).map((object) => object.type)))
      connectorsByType.set(type, [...(connectorsByType.get(type) ?? []), connector.name]);
  return ({ entity, name }) =>
    entity === undefined
      ? []
      : (connectorsByType.get(entity.type) ?? []).filter((other) => other !== name);
}

/** The type of the objects that a connector gives. */
function typeOf({ type, field, pages }: Connector, types: ObjectTypes): string {
  if (field === undefined) return type;
  if (pages?.itemType !== undefined) return pages.itemType;
  const definition = types.get(type)?.get(field);
  return definition === undefined ? '' : namedType(definition.type);
}
