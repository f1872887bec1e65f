import { Kind, print } from 'graphql';
import {
  type CustomKind,
  type ExtensibleType,
  type ExtensibleTypes,
  MAX_FIELDS,
  type PropertyDefinition,
  UNKNOWN,
} from './custom-fields.ts';
import { MAX_OBJECT_TYPES, type ObjectTypeDefinition } from './custom-objects.ts';
import { pluralOf, rootName } from './object-types.ts';
import { type TakenNames, takenNames } from './taken-names.ts';

/** The account's own properties, by type name. */
export type PropertiesByType = ReadonlyMap<string, readonly PropertyDefinition[]>;

/** A custom record type of the account, and its properties. */
export interface AccountObject {
  readonly definition: ObjectTypeDefinition;
  readonly properties: readonly PropertyDefinition[];
}

/** The account's definitions for the file. */
export interface Account {
  readonly properties: PropertiesByType;
  /** @default none */
  readonly objects?: readonly AccountObject[];
}

/**
 * Writes a custom-fields file for the account's own properties and record types: labels become descriptions, options become enums. It omits
 * deleted
 * and hidden properties, and those of a type that no field can have.
 * @param sdls SDL of the subgraph and of others that it is composed with, whose names are taken
 */
export const suggestFields = (
  sdls: readonly string[],
  extensible: ExtensibleTypes,
  account: Account,
): string => new Suggestion(sdls, extensible, account).text;

class Suggestion {
  readonly #known: TakenNames;
  readonly #extensible: ExtensibleTypes;
  readonly #properties: PropertiesByType;
  readonly #objects: readonly (AccountObject & ObjectNames)[];
  #left = MAX_FIELDS;

  constructor(
    sdls: readonly string[],
    extensible: ExtensibleTypes,
    { properties, objects = [] }: Account,
  ) {
    this.#known = takenNames(sdls);
    this.#extensible = extensible;
    this.#properties = properties;
    const { pattern } = extensible.objects?.type ?? {};
    this.#objects = objects
      .filter(
        ({ definition: { isArchived, vendorType } }) => !isArchived && pattern?.test(vendorType),
      )
      .slice(0, MAX_OBJECT_TYPES)
      .map((object) => ({ ...object, ...namesOf(object.definition, this.#known) }));
  }

  get text(): string {
    const ofTypes = Object.entries(this.#extensible.types).flatMap(([type, rules]) =>
      this.#extension(type, rules),
    );
    return [...ofTypes, ...this.#objects.flatMap((object) => this.#object(object))].join('\n\n');
  }

  #extension(type: string, rules: ExtensibleType): readonly string[] {
    const linked = this.#objects.filter(({ definition }) => definition.linkedTypes.includes(type));
    const links = this.#links(
      type,
      linked.map(({ definition }) => definition.vendorType),
    );
    const { enums, fields } = this.#fields(type, this.#properties.get(type) ?? [], rules);
    const all = [...fields, ...links];
    return all.length === 0 ? [] : [...enums, `extend type ${type} {\n${all.join('\n')}\n}`];
  }

  #object({
    type,
    plural,
    definition,
    properties,
  }: AccountObject & ObjectNames): readonly string[] {
    for (const name of ['id', 'createdAt', 'updatedAt']) this.#known.takeField(type, name);
    const links = this.#links(type, definition.linkedTypes);
    const { enums, fields } = this.#fields(type, properties, { filter: `${type}Filter` });
    const isUsual = plural === pluralOf(rootName(type));
    const mapping = `@object(type: ${quoted(definition.vendorType)}${isUsual ? '' : `, plural: ${quoted(plural)}`})`;
    const all = [...fields, ...links];
    const body = all.length === 0 ? '' : ` {\n${all.join('\n')}\n}`;
    return [...enums, `${description(definition)}\ntype ${type} ${mapping}${body}`];
  }

  #fields(
    type: string,
    properties: readonly PropertyDefinition[],
    { filter, writes = [] }: ExtensibleType,
  ): { readonly enums: readonly string[]; readonly fields: readonly string[] } {
    const { references, property: names } = this.#extensible;
    const shown = properties
      .filter((property) => isSuggested(property) && names.pattern.test(property.name))
      .slice(0, Math.max(0, this.#left));
    this.#left -= shown.length;
    const inputs = [type, ...(filter === undefined ? [] : [filter]), ...writes];
    const taken = new Set(inputs.flatMap((input) => [...this.#known.fieldsOf(input)]));
    const enums: string[] = [];
    const fields = shown.map((property) => {
      const name = fieldName(property.name, taken);
      const hasOptions = property.options.length > 0;
      const isOption = hasOptions && isChoice(property.kind);
      const enumName = isOption ? freeType(`${type}${capitalized(name)}`, this.#known) : '';
      if (isOption) enums.push(enumOf(enumName, property));
      const item = hasOptions ? enumName : 'String';
      return [
        `  ${description(property)}`,
        `  ${name}: ${typeOf(property.kind, item, references)} @property(${argumentsFor(property, filter !== undefined, writes.length > 0)})`,
      ].join('\n');
    });
    return { enums, fields };
  }

  /** @param linked names of types, and the vendor's ids of others */
  #links(type: string, linked: readonly string[]): readonly string[] {
    return linked.flatMap((other) => {
      const object = this.#objects.find(({ definition }) => definition.vendorType === other);
      const to = Object.hasOwn(this.#extensible.types, other) ? other : object?.type;
      if (to === undefined || this.#left <= 0) return [];
      this.#left -= 1;
      const name = linkName(object?.plural ?? pluralOf(rootName(to)), type, this.#known);
      return [`  ${name}: ${to}Connection`];
    });
  }
}

interface ObjectNames {
  readonly type: string;
  /** The root field of the list. */
  readonly plural: string;
}

/** Chooses and registers the names of a type and its list. */
function namesOf(
  { name, label, pluralLabel }: ObjectTypeDefinition,
  known: TakenNames,
): ObjectNames {
  const pascal = pascalCase(label) || pascalCase(name);
  const base = /^[A-Z]/.test(pascal) ? pascal : `Custom${pascal}`;
  const isFree = (type: string) =>
    ['', 'Connection', 'Edge', 'Filter'].every((suffix) => !known.hasType(type + suffix)) &&
    !known.hasField('Query', rootName(type));
  const type = firstFree([base, `Custom${base}`], isFree);
  known.takeType(type);
  known.takeField('Query', rootName(type));
  const usual = pluralOf(rootName(type));
  const words = rootName(pascalCase(pluralLabel));
  const plural = firstFree(
    [...(/^[a-z]/.test(words) && type === base ? [words] : []), usual],
    (candidate) => !known.hasField('Query', candidate),
  );
  known.takeField('Query', plural);
  return { type, plural };
}

/** The first candidate that is free, or the last with a number. */
function firstFree(candidates: readonly string[], isFree: (name: string) => boolean): string {
  let name = candidates.find(isFree);
  for (let count = 2; name === undefined; count += 1) {
    const next = `${candidates.at(-1) ?? ''}${String(count)}`;
    if (isFree(next)) name = next;
  }
  return name;
}

function linkName(name: string, type: string, known: TakenNames): string {
  const isFree = (candidate: string) => !known.hasField(type, candidate);
  const free = firstFree([name, `linked${capitalized(name)}`], isFree);
  known.takeField(type, free);
  return free;
}

const isSuggested = ({ kind, isArchived, isHidden, isBuiltIn }: PropertyDefinition) =>
  kind !== null && !isArchived && !isHidden && !isBuiltIn;

const isChoice = (kind: CustomKind | null) => kind === 'option' || kind === 'options';

/** Suffixes of a field's name in inputs. */
const SUFFIXES = ['', 'Id', 'From', 'To', 'Before'];

/** `loyalty_tier` becomes `loyaltyTier`, or `customLoyaltyTier` if the graph has that name. */
function fieldName(property: string, taken: Set<string>): string {
  const pascal = pascalCase(property);
  const camel = pascal.slice(0, 1).toLowerCase() + pascal.slice(1);
  const candidates = /^[A-Za-z]/.test(camel) ? [camel, `custom${pascal}`] : [`custom${pascal}`];
  const isFree = (name: string) => SUFFIXES.every((suffix) => !taken.has(name + suffix));
  const name = firstFree(candidates, isFree);
  for (const suffix of SUFFIXES) taken.add(name + suffix);
  return name;
}

const wordsOf = (text: string) =>
  text
    // Removes accents, which GraphQL names cannot have.
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');

const pascalCase = (text: string) =>
  wordsOf(text)
    .map((word) => capitalized(word))
    .join('');

const capitalized = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** The first free candidate, or the last with a number. Registers it. */
function freeName(candidates: readonly string[], taken: Set<string>): string {
  let name = candidates.find((candidate) => !taken.has(candidate));
  for (let count = 2; name === undefined; count += 1) {
    const next = `${candidates.at(-1) ?? ''}_${String(count)}`;
    if (!taken.has(next)) name = next;
  }
  taken.add(name);
  return name;
}

function freeType(name: string, known: TakenNames): string {
  const free = firstFree([name], (candidate) => !known.hasType(candidate));
  known.takeType(free);
  return free;
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

function description({
  name,
  label,
  description: text,
}: Pick<PropertyDefinition, 'name' | 'label' | 'description'>): string {
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
