import type { Connector } from './connector-file.ts';
import { namedType, type ObjectTypes } from './object-types.ts';
import { fieldsOf, type ProvidedFields, type ObjectShape, objectsIn } from './mapping-fields.ts';
import { type Shape, shapeOf } from './mapping/mapping.ts';

/** Objects of one type at one response path of a selection. */
export interface ProvidedObject {
  readonly connector: Connector;
  readonly type: string;
  /** Field names from the value of the selection to the objects; `...Book` for the objects of this type in a union or an interface. */
  readonly path: readonly string[];
  /** Their fields; undefined if the selection does not determine them. */
  readonly fields: ProvidedFields | undefined;
}

/** A response path with objects of a union or an interface. */
export interface AbstractPlace {
  readonly type: string;
  readonly path: readonly string[];
  readonly members: ReadonlySet<string>;
  /** The possible values of `__typename`; undefined if they come from the response. */
  readonly named: readonly string[] | undefined;
  /** Whether no alternative of the selection sets a `__typename`. */
  readonly isUnnamed: boolean;
}

/** The objects that the selection of a connector returns, including nested ones. A list counts as its items. */
export const providedObjects = (
  connector: Connector,
  types: ObjectTypes,
): readonly ProvidedObject[] => new SelectionReader(connector, types).objects;

/** The response paths of a selection with objects of unions and interfaces. */
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
        // An object with several possible types has the fields of all of them.
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

/** The type names that the selection itself sets; undefined if they come from the response. */
function typeNamesOf({ fields, open }: ObjectShape): readonly string[] | undefined {
  const shape = fields.get('__typename');
  // It has no type, as when no pair of a `->match` matches.
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

/** @returns the names of other connectors whose selections return objects that one finds by a key */
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

/** The type of the objects that a connector returns. */
function typeOf({ type, field, pages }: Connector, types: ObjectTypes): string {
  if (field === undefined) return type;
  if (pages?.itemType !== undefined) return pages.itemType;
  const definition = types.get(type)?.get(field);
  return definition === undefined ? '' : namedType(definition.type);
}
