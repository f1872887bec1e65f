import type { Connector } from './connector-file.ts';
import { namedType, type ObjectTypes } from './object-types.ts';
import { fieldsGivenBy, type GivenFields } from './given-fields.ts';

/** Objects of one type that a selection gives, at one of its places. */
export interface GivenObject {
  readonly connector: Connector;
  readonly type: string;
  /** Names of fields from the value of the selection to the objects. */
  readonly path: readonly string[];
  /** The fields that they carry; undefined where the selection does not say. */
  readonly fields: GivenFields | undefined;
}

/** The objects that the selection of a connector gives, those in others included. Lists are as their items. */
export function givenObjects(connector: Connector, types: ObjectTypes): readonly GivenObject[] {
  const found: GivenObject[] = [];
  const visit = (type: string, shape: GivenFields | undefined, path: readonly string[]) => {
    const fields = types.get(type);
    if (fields === undefined) return;
    found.push({ connector, type, path, fields: shape });
    for (const [name, below] of shape ?? []) {
      const field = fields.get(name);
      if (field !== undefined) visit(namedType(field.type), below, [...path, name]);
    }
  };
  visit(typeOf(connector, types), fieldsGivenBy(connector.selection), []);
  return found;
}

/** The names of other connectors whose selections give objects that this one finds by a key. */
export const feedersOf = (
  { entity, name }: Connector,
  connectors: readonly Connector[],
  types: ObjectTypes,
): readonly string[] =>
  entity === undefined
    ? []
    : connectors
        .filter(
          (other) =>
            other.name !== name &&
            givenObjects(other, types).some(({ type }) => type === entity.type),
        )
        .map((other) => other.name);

/** The type of the objects that a connector gives. */
function typeOf({ type, field, pages }: Connector, types: ObjectTypes): string {
  if (field === undefined) return type;
  if (pages?.itemType !== undefined) return pages.itemType;
  const definition = types.get(type)?.get(field);
  return definition === undefined ? '' : namedType(definition.type);
}
