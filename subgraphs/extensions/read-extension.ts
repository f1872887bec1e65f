import type { IFieldResolver } from '@graphql-tools/utils';
import {
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  print,
  type TypeNode,
} from 'graphql';
import {
  type CustomFieldDefinition,
  type CustomFields,
  type EnumValue,
  type CustomKind,
  type Extensible,
  type ExtensibleType,
  type ExtensibleTypes,
  MAX_FIELDS,
  ownValue,
  UNKNOWN,
} from './custom-fields.ts';
import {
  type Annotated,
  argumentsOf,
  directiveProblems,
  ENUM_DIRECTIVES,
  FIELD_DIRECTIVES,
  isNamed,
  isNotNamed,
  NO_DIRECTIVES,
  VALUE_DIRECTIVES,
  withAccess,
} from './extension-directives.ts';
import type { CustomInput } from './extension-inputs.ts';
import { ExtensionInputs } from './generated-inputs.ts';
import { type AddedObjects, NO_OBJECTS, ObjectTypes } from './object-types.ts';
import { parseSdl } from './parse-sdl.ts';
import { type TakenNames, takenNames } from './taken-names.ts';

/** A company's extension of a subgraph, ready to be served. */
export interface Extension {
  /** The subgraph's SDL with the extension, without the directives that map values. */
  readonly sdl: string;
  readonly fields: CustomFields;
  /** The definitions in the file, for a comparison with the vendor's account. */
  readonly definitions: readonly CustomFieldDefinition[];
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, FieldResolver>>>>;
  /** The arguments that can contain custom fields, by `Type.field`. */
  readonly inputs: ReadonlyMap<string, ReadonlyMap<string, CustomInput>>;
  /** Custom record types, with the fields that return them. */
  readonly objects: AddedObjects;
}

type FieldResolver = IFieldResolver<Extensible, unknown>;

export interface ExtensionFile {
  /** The path in messages. */
  readonly path: string;
  readonly sdl: string;
}

/** The extension, or the problems of its file: a sentence each, with file and line. */
export type ReadExtension =
  | { readonly extension: Extension; readonly problems?: never }
  | { readonly extension?: never; readonly problems: readonly string[] };

/**
 * Reads custom fields and record types: `extend type Customer { tier: Tier @property(name: "loyalty_tier", filter: true, write: true) }`.
 * @param sdl the subgraph's SDL
 * @param others SDL of subgraphs that it will be composed with, whose names are taken
 */
export function readExtension(
  sdl: string,
  file: ExtensionFile,
  extensible: ExtensibleTypes,
  others: readonly string[] = [],
): ReadExtension {
  if (file.sdl.length > MAX_CHARACTERS)
    return { problems: [`${file.path} must have at most ${String(MAX_CHARACTERS)} characters.`] };
  const { document, problem, line } = parseSdl(file.sdl);
  if (document === undefined) return { problems: [`${file.path}:${String(line)}: ${problem}`] };
  const base = parse(sdl, { noLocation: true });
  const names = takenNames([sdl, ...others]);
  const reader = new ExtensionReader(base, file.path, extensible, names);
  const definitions = reader.read(document);
  if (reader.problems.length > 0) return { problems: reader.problems };
  const leading = reader.objects?.sdl((input) => reader.inputs.has(input)) ?? '';
  const added = [...definitions.map((definition) => print(definition)), leading, reader.inputs.sdl];
  const toFields = (fields: readonly OptionField[]) =>
    fields.map(({ name, property, kind, inputName }) => ({ name, property, kind, inputName }));
  const byType = <Value>(read: (fields: readonly OptionField[]) => Value) =>
    Object.fromEntries([...reader.fields].map(([type, fields]) => [type, read(fields)] as const));
  return {
    extension: {
      sdl: `${sdl}\n${added.join('\n')}`,
      fields: byType(toFields),
      definitions: [...reader.fields.values()].flat(),
      resolvers: byType((fields) =>
        Object.fromEntries(fields.map((field) => [field.name, resolverOf(field)] as const)),
      ),
      inputs: reader.inputs.argumentsOf([
        ...base.definitions,
        ...(leading === '' ? [] : parse(leading, { noLocation: true }).definitions),
      ]),
      objects:
        reader.objects?.definitions((type) => toFields(reader.fields.get(type) ?? [])) ??
        NO_OBJECTS,
    },
  };
}

const MAX_CHARACTERS = 1_000_000;

/** By the field's scalar. */
const KINDS: Readonly<Record<string, CustomKind>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
};

interface OptionField extends CustomFieldDefinition {
  /** The value for an option that the enum lacks. */
  readonly otherwise?: string | null;
}

/** What the field's type determines. */
type ReadType = Pick<OptionField, 'kind' | 'values' | 'otherwise'>;

class ExtensionReader {
  readonly problems: string[] = [];
  readonly fields = new Map<string, OptionField[]>();
  readonly inputs: ExtensionInputs;
  /** Undefined if the subgraph cannot have custom record types. */
  readonly objects: ObjectTypes | undefined;
  readonly #path: string;
  readonly #extensible: ExtensibleTypes;
  /** Names in the graph and in the file so far. */
  readonly #names: TakenNames;
  readonly #enums = new Map<string, ReadonlyMap<string, EnumValue>>();
  #count = 0;

  constructor(base: DocumentNode, path: string, extensible: ExtensibleTypes, names: TakenNames) {
    const { types, objects } = extensible;
    this.#path = path;
    this.#extensible = extensible;
    this.#names = names;
    this.objects = objects && new ObjectTypes(objects, names, Object.keys(types));
    this.inputs = new ExtensionInputs(base, () => this.objects?.filters ?? new Map());
  }

  read({ definitions }: DocumentNode): readonly DefinitionNode[] {
    // Fields can refer to enums and record types anywhere in the file.
    const enums = definitions.filter((node) => node.kind === Kind.ENUM_TYPE_DEFINITION);
    const others = definitions.filter((node) => node.kind !== Kind.ENUM_TYPE_DEFINITION);
    const read = enums.map((node) => this.#enum(node));
    for (const node of others)
      if (isObjectType(node) && this.objects !== undefined && !this.#isOurs(node))
        this.#addProblems(node, this.objects.declare(node, this.#place(node)));
    return [...read, ...others.map((node) => this.#definition(node))];
  }

  #definition(node: DefinitionNode): DefinitionNode {
    if (node.kind === Kind.OBJECT_TYPE_EXTENSION) return this.#extend(node);
    const isOurs = isObjectType(node) && this.#isOurs(node);
    if (isObjectType(node) && this.objects !== undefined && !isOurs)
      return this.#object(node, this.objects);
    const objects = this.objects === undefined ? '' : ' and `type` with @object';
    this.#add(
      node,
      isOurs
        ? `The graph has a type ${node.name.value} already. Write \`extend type ${node.name.value}\`.`
        : `A file of custom fields can have \`extend type\`${objects === '' ? ' and' : ','} \`enum\`${objects} only. Add a service for other types.`,
    );
    return node;
  }

  /** Whether it is an extensible type of the subgraph. */
  #isOurs({ name }: ObjectTypeDefinitionNode): boolean {
    return Object.hasOwn(this.#extensible.types, name.value);
  }

  #object(node: ObjectTypeDefinitionNode, objects: ObjectTypes): DefinitionNode {
    const name = node.name.value;
    const rules = objects.rulesOf(name);
    // Its problems have been reported.
    if (rules === undefined) return node;
    const fields = (node.fields ?? []).map((field) => {
      const own = objects.ownField(field.name.value);
      const isFirst = own !== undefined && this.#names.takeField(name, field.name.value);
      return isFirst && print(own.type) === print(field.type)
        ? field
        : this.#field(name, field, rules);
    });
    return objects.complete(name, fields);
  }

  #enum(node: EnumTypeDefinitionNode): EnumTypeDefinitionNode {
    const name = node.name.value;
    if (!this.#names.takeType(name))
      this.#add(node, `The graph has a type ${name} already. Choose another name.`);
    if (isReserved(name)) this.#add(node, reservedName(name));
    if ((node.values ?? []).length === 0)
      this.#add(node, `The enum ${name} needs values: enum ${name} { GOLD SILVER }.`);
    this.#checkDirectives(node, name, ENUM_DIRECTIVES);
    const names = new Set<string>();
    const values = new Map<string, EnumValue>();
    const definitions = (node.values ?? []).map((value) => {
      const valueName = value.name.value;
      if (isReserved(valueName)) this.#add(value, reservedName(valueName));
      if (names.has(valueName)) this.#add(value, `${name} has the value ${valueName} already.`);
      names.add(valueName);
      this.#checkDirectives(value, `${name}.${valueName}`, VALUE_DIRECTIVES);
      const [mapping] = (value.directives ?? []).filter(isNamed('value'));
      // No option is empty, so an empty one means none.
      const itself = valueName === UNKNOWN ? '' : valueName;
      const { is = mapping === undefined ? itself : undefined } =
        mapping === undefined ? {} : argumentsOf(mapping);
      if (typeof is !== 'string' || (is === '' && mapping !== undefined))
        this.#add(value, '@value needs the option as text: @value(is: "gold_member").');
      else if (values.has(is)) this.#add(value, `Two values of ${name} stand for "${is}".`);
      else values.set(is, { name: valueName, place: this.#place(value) });
      return { ...value, directives: (value.directives ?? []).filter(isNotNamed('value')) };
    });
    this.#enums.set(name, values);
    return { ...node, values: definitions };
  }

  #extend(node: ObjectTypeExtensionNode): ObjectTypeExtensionNode {
    const type = node.name.value;
    const { types } = this.#extensible;
    const rules = Object.hasOwn(types, type) ? types[type] : undefined;
    if (rules === undefined && this.objects?.has(type) === true) {
      this.#add(node, `${type} is a type of this file. Add the fields to it, not to an extension.`);
      return node;
    }
    if (rules === undefined) {
      const names = Object.keys(types).join(', ');
      this.#add(
        node,
        names === ''
          ? `${type} cannot have custom fields: this subgraph has none. Remove \`extend\` from it.`
          : `${type} cannot have custom fields. These types can: ${names}.`,
      );
      return node;
    }
    this.#checkDirectives(node, type, NO_DIRECTIVES);
    if ((node.interfaces ?? []).length > 0)
      this.#add(
        node,
        `A file of custom fields cannot add interfaces to ${type}. Remove implements.`,
      );
    return { ...node, fields: (node.fields ?? []).map((field) => this.#field(type, field, rules)) };
  }

  #field(type: string, node: FieldDefinitionNode, rules: ExtensibleType): FieldDefinitionNode {
    const name = node.name.value;
    const coordinate = `${type}.${name}`;
    if (!this.#names.takeField(type, name))
      this.#add(node, `The graph has a field ${coordinate} already. Choose another name.`);
    if (isReserved(name)) this.#add(node, reservedName(name));
    this.#count += 1;
    if (this.#count === MAX_FIELDS + 1)
      this.#add(node, `There can be at most ${String(MAX_FIELDS)} custom fields.`);
    this.#checkDirectives(node, coordinate, FIELD_DIRECTIVES);
    if ((node.arguments ?? []).length > 0)
      this.#add(node, `${coordinate} cannot have arguments. Remove them.`);
    const link = this.#link(type, node);
    if (link !== undefined) return link;
    const read = this.#type(node.type);
    // Only the type shows whether a field needs a property or is a link.
    const isUnclear = read === undefined && (this.objects?.linkTypes ?? []).length > 0;
    const property = isUnclear ? undefined : this.#property(node, coordinate);
    if (read === undefined) this.#add(node, this.#describeTypes(coordinate, node.type));
    if (property !== undefined && read !== undefined) {
      const inputName = read.kind === 'reference' ? `${name}Id` : name;
      const place = this.#place(node);
      const field = { type, name, inputName, place, ...property, ...read };
      this.#addInputs(node, field, rules);
      this.fields.set(type, [...(this.fields.get(type) ?? []), field]);
    }
    const directives = (node.directives ?? []).filter(isNotNamed('property'));
    return { ...node, directives: withAccess(directives, rules.scopes) };
  }

  /** @returns undefined if the field is not a link */
  #link(type: string, node: FieldDefinitionNode): FieldDefinitionNode | undefined {
    if (this.objects?.endOf(type, node.type) === undefined) return undefined;
    const coordinate = `${type}.${node.name.value}`;
    if ((node.directives ?? []).some(isNamed('property')))
      this.#add(
        node,
        `${coordinate} leads to linked records, which no property has. Remove @property.`,
      );
    return this.objects.link(type, node, this.#place(node));
  }

  /** Adds the inputs of a field, with its description, type and access. */
  #addInputs(node: FieldDefinitionNode, field: OptionField, rules: ExtensibleType): void {
    const { type, name, property, isFilter, isWritable } = field;
    const coordinate = `${type}.${name}`;
    const { filter, writes } = rules;
    if (isFilter && filter === undefined)
      this.#add(
        node,
        `${type} cannot be filtered by custom fields. Remove filter from ${coordinate}.`,
      );
    if (isFilter && filter !== undefined)
      this.#addProblems(node, this.inputs.addFilter(filter, field, node));
    if (!isWritable) return;
    if (writes === undefined)
      this.#add(
        node,
        `Custom fields of ${type} cannot be written. Remove write from ${coordinate}.`,
      );
    else this.#addProblems(node, this.inputs.addWrites(writes, field, node));
    const written = (this.fields.get(type) ?? []).filter((one) => one.isWritable);
    const { maxWritable = MAX_FIELDS } = this.#extensible;
    if (written.length === maxWritable)
      this.#add(
        node,
        `At most ${String(maxWritable)} custom fields of ${type} can be written. Remove write from ${coordinate}.`,
      );
    const other = written.find((one) => one.property === property);
    if (other !== undefined)
      this.#add(
        node,
        `${coordinate} and ${type}.${other.name} write the same property "${property}". Remove write from one of them.`,
      );
  }

  #addProblems(node: Located, problems: readonly string[]): void {
    for (const problem of problems) this.#add(node, problem);
  }

  #property(
    node: FieldDefinitionNode,
    coordinate: string,
  ): Pick<OptionField, 'property' | 'isFilter' | 'isWritable'> | undefined {
    const [directive] = (node.directives ?? []).filter(isNamed('property'));
    const {
      name,
      filter = false,
      write = false,
      ...others
    } = directive === undefined ? {} : argumentsOf(directive);
    for (const unknown of Object.keys(others))
      this.#add(
        node,
        `@property of ${coordinate} has no argument ${unknown}. Its arguments are name, filter and write.`,
      );
    for (const [argument, value] of Object.entries({ filter, write }))
      if (typeof value !== 'boolean')
        this.#add(
          node,
          `${argument} of @property of ${coordinate} must be true or false, but is ${JSON.stringify(value)}.`,
        );
    const { pattern, description, example } = this.#extensible.property;
    if (typeof name === 'string' && pattern.test(name))
      return { property: name, isFilter: filter === true, isWritable: write === true };
    this.#add(
      node,
      `${coordinate} needs @property with ${description}: @property(name: "${example}").`,
    );
    return undefined;
  }

  #checkDirectives(node: Annotated, coordinate: string, known: readonly string[]): void {
    for (const problem of directiveProblems(node, coordinate, known)) this.#add(node, problem);
  }

  #type(type: TypeNode): ReadType | undefined {
    const isList = type.kind === Kind.LIST_TYPE;
    const item =
      isList && type.type.kind === Kind.NON_NULL_TYPE ? type.type.type : isList ? type.type : type;
    if (item.kind !== Kind.NAMED_TYPE) return undefined;
    const name = item.name.value;
    const values = this.#enums.get(name);
    if (values !== undefined) {
      const names = [...values.values()].map((value) => value.name);
      const otherwise = names.includes(UNKNOWN) ? UNKNOWN : null;
      return { kind: isList ? 'options' : 'option', values, otherwise };
    }
    if (isList) return name === 'String' ? { kind: 'options' } : undefined;
    if (this.#extensible.references.includes(name)) return { kind: 'reference' };
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    return kind && { kind };
  }

  #describeTypes(coordinate: string, type: TypeNode): string {
    const types = [...Object.keys(KINDS), ...this.#extensible.references].join(', ');
    const links = this.objects?.linkTypes ?? [];
    const linked =
      links.length === 0
        ? ''
        : ` Without @property, it can lead to linked records: ${links.join(', ')}.`;
    return `${coordinate} must be nullable and of the type ${types}, an enum of this file, or a list of String or of an enum, but is ${print(type)}.${linked}`;
  }

  /** The line of the name, as a description can precede it. */
  #place({ loc, name }: Located): string {
    return `${this.#path}:${String((name?.loc ?? loc)?.startToken.line ?? 1)}`;
  }

  #add(node: Located, message: string): void {
    this.problems.push(`${this.#place(node)}: ${message}`);
  }
}

/** A part of the file. */
type Located = Pick<FieldDefinitionNode, 'loc'> & Partial<Pick<FieldDefinitionNode, 'name'>>;

const isObjectType = (node: DefinitionNode): node is ObjectTypeDefinitionNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION;

/** https://spec.graphql.org/October2021/#sec-Names.Reserved-Names */
const isReserved = (name: string) => name.startsWith('__');
const reservedName = (name: string) =>
  `Names that begin with __ are GraphQL's own. Choose another name than ${name}.`;

function resolverOf({ name, kind, values, otherwise = null }: OptionField): FieldResolver {
  if (kind === 'reference')
    return ({ extra }) => {
      const id = ownValue(extra, name);
      return typeof id === 'string' ? { id } : null;
    };
  if (values === undefined) return ({ extra }) => ownValue(extra, name) ?? null;
  const named = (option: string) => values.get(option)?.name ?? otherwise;
  return ({ extra }) => {
    const value = ownValue(extra, name) ?? null;
    if (typeof value === 'string') return named(value);
    return Array.isArray(value)
      ? // The cast is safe: a field with options has no other lists.
        (value as readonly string[]).map(named).filter((option) => option !== null)
      : null;
  };
}
