import {
  type CustomFieldDefinition,
  type CustomKind,
  type PropertyDefinition,
  UNKNOWN,
} from './custom-fields.ts';
import type { CustomLink, LinkEnd, ObjectTypeDefinition } from './custom-objects.ts';
import type { AddedObjects } from './object-types.ts';
import type { PropertiesByType } from './suggest-fields.ts';

/**
 * Compares custom fields with the properties of the account.
 * @returns the differences, a sentence each, with file and line
 */
export function checkFields(
  fields: readonly CustomFieldDefinition[],
  properties: PropertiesByType,
): readonly string[] {
  const problems = fields.flatMap((field) => {
    const found = (properties.get(field.type) ?? []).filter(({ name }) => name === field.property);
    // A property can be created again under the name of a deleted one.
    const property = found.find(({ isArchived }) => !isArchived) ?? found[0];
    return problemsOf(field, property);
  });
  // Fields can share an enum.
  return [...new Set(problems)];
}

/**
 * Compares custom record types and link fields with the account.
 * @returns the differences, a sentence each, with file and line
 */
export function checkObjects(
  { types, links }: Pick<AddedObjects, 'types' | 'links'>,
  definitions: readonly ObjectTypeDefinition[],
): readonly string[] {
  const known = new Map(
    definitions
      .filter(({ isArchived }) => !isArchived)
      .map((definition) => [definition.vendorType, definition]),
  );
  const missing = types.flatMap(({ name, vendorType, place }) => {
    if (known.has(vendorType)) return [];
    const isDeleted = definitions.some((definition) => definition.vendorType === vendorType);
    return [
      isDeleted
        ? `${place}: The account has deleted the type "${vendorType}" of ${name}. Restore it, or remove the type.`
        : `${place}: The account does not have the type "${vendorType}" of ${name}. Create it, or correct @object.`,
    ];
  });
  return [...missing, ...links.flatMap((link) => unlinked(link, known))];
}

function unlinked(
  { from, to, name, place }: CustomLink,
  known: ReadonlyMap<string, ObjectTypeDefinition>,
): readonly string[] {
  const [own, other] = typeof from === 'string' ? [to, from] : [from, to];
  const definition = typeof own === 'string' ? undefined : known.get(own.vendorType);
  // A missing type has its own message.
  if (definition === undefined || (typeof other !== 'string' && !known.has(other.vendorType)))
    return [];
  const isLinked = definition.linkedTypes.includes(
    typeof other === 'string' ? other : other.vendorType,
  );
  return isLinked
    ? []
    : [
        `${place}: The account does not associate records of ${nameOf(own)} with those of ${nameOf(other)}. Add the association, or remove ${nameOf(from)}.${name}.`,
      ];
}

const nameOf = (end: LinkEnd) => (typeof end === 'string' ? end : end.name);

function problemsOf(
  field: CustomFieldDefinition,
  property: PropertyDefinition | undefined,
): readonly string[] {
  const coordinate = `${field.type}.${field.name}`;
  const named = `the property "${field.property}" of ${coordinate}`;
  if (property === undefined)
    return [`${field.place}: The account does not have ${named}. Create it, or remove the field.`];
  if (property.isArchived)
    return [`${field.place}: The account has deleted ${named}. Restore it, or remove the field.`];
  if (!canShow(field.kind, property.kind))
    return [
      `${field.place}: ${coordinate} is ${NAMES[field.kind]}, but its property "${field.property}" is ${property.kind === null ? 'of a type that no field can have' : NAMES[property.kind]}. ${property.kind === null ? 'Remove the field' : 'Change the type of the field'}.`,
    ];
  const readOnly =
    field.isWritable && property.isReadOnly
      ? [`${field.place}: The account fills in ${named} itself. Remove write.`]
      : [];
  return [...readOnly, ...removedOptions(field, property)];
}

function removedOptions(
  { values = new Map(), property: name }: CustomFieldDefinition,
  { options }: PropertyDefinition,
): readonly string[] {
  const known = new Set(options.map(({ value }) => value));
  return [...values].flatMap(([word, value]) =>
    known.has(word) || value.name === UNKNOWN
      ? []
      : [
          `${value.place}: The property "${name}" has no option ${JSON.stringify(word)}. Remove ${value.name}, or correct its @value.`,
        ],
  );
}

/** Text can show any value. A decimal property may contain only integers. */
const canShow = (field: CustomKind, property: CustomKind | null) =>
  property !== null &&
  (field === property ||
    field === 'text' ||
    (field === 'integer' && property === 'decimal') ||
    (field === 'options' && property === 'option'));

const NAMES: Readonly<Record<CustomKind, string>> = {
  text: 'text',
  boolean: 'a Boolean',
  integer: 'an integer',
  decimal: 'a number',
  date: 'a date',
  dateTime: 'a point in time',
  option: 'one of several options',
  options: 'a list of options',
  reference: 'a reference',
};
