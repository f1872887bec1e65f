import { isTypeDefinitionNode, isTypeExtensionNode, Kind, parse, print } from 'graphql';
import {
  type CustomKind,
  type ExtensibleTypes,
  MAX_FIELDS,
  type PropertyDefinition,
  UNKNOWN,
} from './custom-fields.ts';

/** The account's own properties, by the names of the types. */
export type PropertiesByType = ReadonlyMap<string, readonly PropertyDefinition[]>;

/**
 * Writes a file of custom fields for the account's own properties: labels are descriptions, options are enums. Left out are those that were
 * deleted, those that the account hides, and those of a type that no field can have.
 * @param sdl is that of the subgraph, whose names are taken
 */
export function suggestFields(
  sdl: string,
  { types, references, property: names }: ExtensibleTypes,
  properties: PropertiesByType,
): string {
  const known = takenNames(sdl);
  let left = MAX_FIELDS;
  const parts: string[] = [];
  for (const [type, { filter, writes = [] }] of Object.entries(types)) {
    const shown = (properties.get(type) ?? [])
      .filter((property) => isSuggested(property) && names.pattern.test(property.name))
      .slice(0, left);
    left -= shown.length;
    if (shown.length === 0) continue;
    const inputs = [type, ...(filter === undefined ? [] : [filter]), ...writes];
    const taken = new Set(inputs.flatMap((input) => [...(known.fields.get(input) ?? [])]));
    const enums: string[] = [];
    const fields = shown.map((property) => {
      const name = fieldName(property.name, taken);
      const enumName = freeName([`${type}${capitalized(name)}`], known.types);
      const hasOptions = property.options.length > 0;
      if (hasOptions && isChoice(property.kind)) enums.push(enumOf(enumName, property));
      const item = hasOptions ? enumName : 'String';
      return [
        `  ${description(property)}`,
        `  ${name}: ${typeOf(property.kind, item, references)} @property(${argumentsFor(property, filter !== undefined, writes.length > 0)})`,
      ].join('\n');
    });
    parts.push(...enums, `extend type ${type} {\n${fields.join('\n')}\n}`);
  }
  return parts.join('\n\n');
}

const isSuggested = ({ kind, isArchived, isHidden, isBuiltIn }: PropertyDefinition) =>
  kind !== null && !isArchived && !isHidden && !isBuiltIn;

const isChoice = (kind: CustomKind | null) => kind === 'option' || kind === 'options';

/** Names of types, and of the fields of each. */
function takenNames(sdl: string) {
  const types = new Set<string>();
  const fields = new Map<string, Set<string>>();
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue;
    const type = definition.name.value;
    types.add(type);
    const known = fields.get(type) ?? new Set();
    for (const { name } of 'fields' in definition ? (definition.fields ?? []) : [])
      known.add(name.value);
    fields.set(type, known);
  }
  return { types, fields };
}

/** What a field may become in inputs. */
const SUFFIXES = ['', 'Id', 'From', 'To', 'Before'];

/** `loyalty_tier` becomes `loyaltyTier`, or `customLoyaltyTier` where the graph has that already. */
function fieldName(property: string, taken: Set<string>): string {
  const words = wordsOf(property);
  const pascal = words.map((word) => capitalized(word)).join('');
  const camel = pascal.slice(0, 1).toLowerCase() + pascal.slice(1);
  const candidates = /^[A-Za-z]/.test(camel) ? [camel, `custom${pascal}`] : [`custom${pascal}`];
  const isFree = (name: string) => SUFFIXES.every((suffix) => !taken.has(name + suffix));
  let name = candidates.find(isFree);
  for (let count = 2; name === undefined; count += 1) {
    const next = `custom${pascal}${String(count)}`;
    if (isFree(next)) name = next;
  }
  for (const suffix of SUFFIXES) taken.add(name + suffix);
  return name;
}

const wordsOf = (text: string) =>
  text
    // Letters without their accents: GraphQL names have none.
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');

const capitalized = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** The first candidate that is free, or the last with a number. Takes it. */
function freeName(candidates: readonly string[], taken: Set<string>): string {
  let name = candidates.find((candidate) => !taken.has(candidate));
  for (let count = 2; name === undefined; count += 1) {
    const next = `${candidates.at(-1) ?? ''}_${String(count)}`;
    if (!taken.has(next)) name = next;
  }
  taken.add(name);
  return name;
}

function enumOf(name: string, { options }: PropertyDefinition): string {
  const taken = new Set([UNKNOWN]);
  const values = options
    .filter(({ value }) => value !== '')
    .map(({ value, label }) => {
      const upper = wordsOf(value).join('_').toUpperCase();
      const valid = /^[A-Z]/.test(upper) ? upper : upper === '' ? 'OPTION' : `OPTION_${upper}`;
      const valueName = freeName([valid], taken);
      return [
        ...(label === '' || label === value ? [] : [`  ${quoted(label)}`]),
        valueName === value ? `  ${valueName}` : `  ${valueName} @value(is: ${quoted(value)})`,
      ].join('\n');
    });
  return [
    `enum ${name} {`,
    ...values,
    `  "An option that this list does not have."`,
    `  ${UNKNOWN}`,
    '}',
  ].join('\n');
}

function description({ name, label, description: text }: PropertyDefinition): string {
  const sentences = [label, text].map((part) => part.trim()).filter((part) => part !== '');
  return quoted(sentences.map((part) => part.replace(/[.:]?$/, '.')).join(' ') || name);
}

const quoted = (value: string) => print({ kind: Kind.STRING, value });

const TYPES: Readonly<Record<Exclude<CustomKind, 'option' | 'options' | 'reference'>, string>> = {
  text: 'String',
  boolean: 'Boolean',
  integer: 'Int',
  decimal: 'Decimal',
  date: 'Date',
  dateTime: 'DateTime',
};

function typeOf(kind: CustomKind | null, item: string, references: readonly string[]): string {
  if (kind === 'option') return item;
  if (kind === 'options') return `[${item}!]`;
  if (kind === 'reference') return references[0] ?? 'String';
  return kind === null ? 'String' : TYPES[kind];
}

const argumentsFor = (
  { name, isReadOnly }: PropertyDefinition,
  canFilter: boolean,
  canWrite: boolean,
) =>
  [
    `name: ${quoted(name)}`,
    ...(canFilter ? ['filter: true'] : []),
    ...(canWrite && !isReadOnly ? ['write: true'] : []),
  ].join(', ');
