import type { IFieldResolver } from '@graphql-tools/utils';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  GraphQLError,
  isTypeDefinitionNode,
  Kind,
  type ObjectTypeExtensionNode,
  parse,
  print,
  type TypeNode,
  valueFromASTUntyped,
} from 'graphql';
import type {
  CustomField,
  CustomFields,
  CustomKind,
  CustomValue,
  Extensible,
} from './custom-fields.ts';

/** What a company adds to a subgraph, ready to be served. */
export interface Extension {
  /** The SDL of the subgraph with what is added, without the directives that say where values come from. */
  readonly sdl: string;
  readonly fields: CustomFields;
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, FieldResolver>>>>;
}

type FieldResolver = IFieldResolver<Extensible, unknown>;

export interface ExtensionFile {
  /** As problems name it. */
  readonly path: string;
  readonly sdl: string;
}

/** Either the extension, or what is wrong with its file: a sentence each, with file and line. */
export type ReadExtension =
  | { readonly extension: Extension; readonly problems?: never }
  | { readonly extension?: never; readonly problems: readonly string[] };

/**
 * Reads custom fields: `extend type Customer { tier: Tier @property(name: "loyalty_tier") }`.
 * @param sdl is that of the subgraph
 * @param extensible maps the types that can be extended to the scopes that a field without rules of its own needs
 */
export function readExtension(
  sdl: string,
  file: ExtensionFile,
  extensible: Readonly<Record<string, readonly string[]>>,
): ReadExtension {
  if (file.sdl.length > MAX_CHARACTERS)
    return { problems: [`${file.path} must have at most ${String(MAX_CHARACTERS)} characters.`] };
  let document: DocumentNode;
  try {
    document = parse(file.sdl);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const line = error.locations?.[0]?.line ?? 1;
    return { problems: [`${file.path}:${String(line)}: ${error.message.replace(/\.?$/, '.')}`] };
  }
  const reader = new ExtensionReader(parse(sdl, { noLocation: true }), file.path, extensible);
  // Fields name the enums, wherever those are.
  const [enums, others] = [
    document.definitions.filter(({ kind }) => kind === Kind.ENUM_TYPE_DEFINITION),
    document.definitions.filter(({ kind }) => kind !== Kind.ENUM_TYPE_DEFINITION),
  ];
  const definitions = [...enums, ...others].map((definition) => reader.definition(definition));
  if (reader.problems.length > 0) return { problems: reader.problems };
  return {
    extension: {
      sdl: `${sdl}\n${definitions.map((definition) => print(definition)).join('\n')}`,
      fields: Object.fromEntries(reader.fields),
      resolvers: Object.fromEntries(
        [...reader.fields].map(([type, fields]) => [
          type,
          Object.fromEntries(fields.map((field) => [field.name, reader.resolver(field)] as const)),
        ]),
      ),
    },
  };
}

const MAX_CHARACTERS = 1_000_000;
const MAX_FIELDS = 500;

/** By the scalar of the field. */
const KINDS: Readonly<Record<string, CustomKind>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
};

const ACCESS = ['requiresScopes', 'authenticated', 'policy'];

interface OptionField extends CustomField {
  /** The enum's values by the vendor's words for them. */
  readonly values?: ReadonlyMap<string, string>;
  /** What stands for a word that the enum lacks. */
  readonly otherwise?: string | null;
}

class ExtensionReader {
  readonly problems: string[] = [];
  readonly fields = new Map<string, OptionField[]>();
  readonly #path: string;
  readonly #extensible: Readonly<Record<string, readonly string[]>>;
  /** Names of fields by type, of the subgraph and of what was read so far. */
  readonly #known = new Map<string, Set<string>>();
  readonly #enums = new Map<string, ReadonlyMap<string, string>>();
  readonly #base: ReadonlySet<string>;
  #count = 0;

  constructor(
    base: DocumentNode,
    path: string,
    extensible: Readonly<Record<string, readonly string[]>>,
  ) {
    this.#path = path;
    this.#extensible = extensible;
    const names = new Set<string>();
    for (const definition of base.definitions) {
      if (!isTypeDefinitionNode(definition)) continue;
      names.add(definition.name.value);
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION)
        this.#known.set(
          definition.name.value,
          new Set((definition.fields ?? []).map(({ name }) => name.value)),
        );
    }
    this.#base = names;
  }

  definition(node: DefinitionNode): DefinitionNode {
    if (node.kind === Kind.ENUM_TYPE_DEFINITION) return this.#enum(node);
    if (node.kind === Kind.OBJECT_TYPE_EXTENSION) return this.#extend(node);
    this.#add(
      node,
      'A file of custom fields can have `extend type` and `enum` only. Add a service for other types.',
    );
    return node;
  }

  resolver({ name, values, otherwise = null }: OptionField): FieldResolver {
    const read = ({ extra }: Extensible): CustomValue =>
      extra !== undefined && Object.hasOwn(extra, name) ? (extra[name] ?? null) : null;
    if (values === undefined) return read;
    const named = (option: string) => values.get(option) ?? otherwise;
    return (record) => {
      const value = read(record);
      if (typeof value === 'string') return named(value);
      return Array.isArray(value)
        ? // A cast: a field with options has no other lists.
          (value as readonly string[]).map(named).filter((option) => option !== null)
        : null;
    };
  }

  #enum(node: EnumTypeDefinitionNode): EnumTypeDefinitionNode {
    const name = node.name.value;
    if (this.#base.has(name) || this.#enums.has(name))
      this.#add(node, `The graph has a type ${name} already. Choose another name.`);
    const values = new Map<string, string>();
    const definitions = (node.values ?? []).map((value) => {
      const [mapping] = (value.directives ?? []).filter(isNamed('value'));
      const { is = value.name.value } = mapping === undefined ? {} : argumentsOf(mapping);
      if (typeof is !== 'string')
        this.#add(value, '@value needs the option as text: @value(is: "gold_member").');
      else if (values.has(is)) this.#add(value, `Two values of ${name} stand for "${is}".`);
      else values.set(is, value.name.value);
      return { ...value, directives: (value.directives ?? []).filter(isNotNamed('value')) };
    });
    this.#enums.set(name, values);
    return { ...node, values: definitions };
  }

  #extend(node: ObjectTypeExtensionNode): ObjectTypeExtensionNode {
    const type = node.name.value;
    const scopes = Object.hasOwn(this.#extensible, type) ? this.#extensible[type] : undefined;
    if (scopes === undefined) {
      const types = Object.keys(this.#extensible).join(', ');
      this.#add(node, `${type} cannot have custom fields. These types can: ${types || 'none'}.`);
      return node;
    }
    return {
      ...node,
      fields: (node.fields ?? []).map((field) => this.#field(type, field, scopes)),
    };
  }

  #field(type: string, node: FieldDefinitionNode, scopes: readonly string[]): FieldDefinitionNode {
    const name = node.name.value;
    const coordinate = `${type}.${name}`;
    const known = this.#known.get(type) ?? new Set();
    if (known.has(name))
      this.#add(node, `The graph has a field ${coordinate} already. Choose another name.`);
    this.#known.set(type, known.add(name));
    this.#count += 1;
    if (this.#count === MAX_FIELDS + 1)
      this.#add(node, `There can be at most ${String(MAX_FIELDS)} custom fields.`);
    const property = this.#property(node, coordinate);
    const read = this.#kind(node.type);
    if (read === undefined)
      this.#add(
        node,
        `${coordinate} must be nullable and of the type String, Boolean, Int, Decimal, Date, DateTime, an enum of this file or a list of one, but is ${print(node.type)}.`,
      );
    if (property !== undefined && read !== undefined)
      this.fields.set(type, [...(this.fields.get(type) ?? []), { name, property, ...read }]);
    return withAccess(
      { ...node, directives: (node.directives ?? []).filter(isNotNamed('property')) },
      scopes,
    );
  }

  #property(node: FieldDefinitionNode, coordinate: string): string | undefined {
    const [directive] = (node.directives ?? []).filter(isNamed('property'));
    const { name, ...others } = directive === undefined ? {} : argumentsOf(directive);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      this.#add(node, `@property of ${coordinate} has no argument ${unknown}.`);
      return undefined;
    }
    if (typeof name === 'string' && /^[A-Za-z]\w{0,99}$/.test(name)) return name;
    this.#add(
      node,
      `${coordinate} needs @property with the internal name of the vendor's property: @property(name: "loyalty_tier").`,
    );
    return undefined;
  }

  #kind(type: TypeNode): Omit<OptionField, 'name' | 'property'> | undefined {
    const isList = type.kind === Kind.LIST_TYPE;
    const item =
      isList && type.type.kind === Kind.NON_NULL_TYPE ? type.type.type : isList ? type.type : type;
    if (item.kind !== Kind.NAMED_TYPE) return undefined;
    const name = item.name.value;
    const values = this.#enums.get(name);
    if (values !== undefined) {
      const otherwise = [...values.values()].includes('UNKNOWN') ? 'UNKNOWN' : null;
      return { kind: isList ? 'options' : 'option', values, otherwise };
    }
    if (isList) return name === 'String' ? { kind: 'options' } : undefined;
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    return kind && { kind };
  }

  #add({ loc }: { readonly loc?: DefinitionNode['loc'] }, message: string): void {
    this.problems.push(`${this.#path}:${String(loc?.startToken.line ?? 1)}: ${message}`);
  }
}

const isNamed = (name: string) => (directive: ConstDirectiveNode) => directive.name.value === name;
const isNotNamed = (name: string) => (directive: ConstDirectiveNode) =>
  directive.name.value !== name;

const argumentsOf = ({
  arguments: given = [],
}: ConstDirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));

/** A field of a person holds personal data unless its author states another rule. */
function withAccess(node: FieldDefinitionNode, scopes: readonly string[]): FieldDefinitionNode {
  const directives = node.directives ?? [];
  if (scopes.length === 0 || directives.some(({ name }) => ACCESS.includes(name.value)))
    return node;
  const [rule] = ruleFor(scopes);
  return rule === undefined ? node : { ...node, directives: [...directives, rule] };
}

function ruleFor(scopes: readonly string[]): readonly ConstDirectiveNode[] {
  const [type] = parse(`type T { f: Int @requiresScopes(scopes: [${JSON.stringify(scopes)}]) }`, {
    noLocation: true,
  }).definitions;
  const field = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? type.fields?.[0] : undefined;
  return field?.directives ?? [];
}
