import type { IFieldResolver } from '@graphql-tools/utils';
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeNode,
} from 'graphql';
import type { CallTable, Read } from '../call-table.ts';
import type { ExtensibleObjects, ExtensibleType } from './custom-fields.ts';
import {
  type CustomLink,
  type CustomObjectDefinition,
  type CustomObjectType,
  type LinkEnd,
  MAX_OBJECT_TYPES,
  type ObjectContext,
  type ObjectListArguments,
} from './custom-objects.ts';
import {
  argumentProblems,
  argumentsOf,
  isAccessRule,
  isNamed,
  isNotNamed,
  withAccess,
} from './extension-directives.ts';
import type { TakenNames } from './taken-names.ts';

/** A custom record type in a file: `type Machine @object(type: "2-123456", plural: "machines")`. */
interface DeclaredObject {
  readonly node: ObjectTypeDefinitionNode;
  readonly name: string;
  readonly vendorType: string;
  readonly place: string;
  /** The root fields of one record and of the list of all. */
  readonly singular: string;
  readonly plural: string;
  readonly directives: readonly ConstDirectiveNode[];
}

/** The custom record types of a file, and what is generated for them: root fields, connections, links. */
export class ObjectTypes {
  readonly #rules: ExtensibleObjects;
  readonly #names: TakenNames;
  /** The subgraph's types whose records can be linked with others. */
  readonly #ownTypes: readonly string[];
  readonly #declared = new Map<string, DeclaredObject>();
  readonly #links: (CustomLink & { readonly from: string; readonly to: string })[] = [];

  constructor(rules: ExtensibleObjects, names: TakenNames, ownTypes: readonly string[]) {
    this.#rules = rules;
    this.#names = names;
    this.#ownTypes = ownTypes;
  }

  /** Registers a type and its names. @returns problems, a sentence each */
  declare(node: ObjectTypeDefinitionNode, place: string): readonly string[] {
    const name = node.name.value;
    const [directive] = (node.directives ?? []).filter(isNamed('object'));
    const usual = pluralOf(rootName(name));
    const {
      type,
      plural = usual,
      ...others
    } = directive === undefined ? {} : argumentsOf(directive);
    const { pattern, description, example } = this.#rules.type;
    const problems = [
      ...problemsOfName(name),
      ...problemsOfType(node),
      ...Object.keys(others).map(
        (unknown) =>
          `@object of ${name} has no argument ${unknown}. Its arguments are type and plural.`,
      ),
      ...argumentProblems(node.directives ?? [], name),
    ];
    if (typeof type !== 'string' || !pattern.test(type))
      problems.push(
        `${name} needs @object with ${description}: @object(type: "${example}"). Other types need a service.`,
      );
    if (typeof plural !== 'string' || (plural !== usual && !ROOT_NAME.test(plural)))
      problems.push(
        `plural of @object of ${name} must be a name such as "machines", with a small letter first, but is ${JSON.stringify(plural)}.`,
      );
    const same = [...this.#declared.values()].find(({ vendorType }) => vendorType === type);
    if (same !== undefined)
      problems.push(`${name} and ${same.name} show the same type "${String(type)}". Remove one.`);
    if (this.#declared.size === MAX_OBJECT_TYPES)
      problems.push(`There can be at most ${String(MAX_OBJECT_TYPES)} types with @object.`);
    const singular = rootName(name);
    problems.push(...this.#takeNames(name, singular, String(plural)));
    if (problems.length > 0) return problems;
    const directives = withAccess(
      (node.directives ?? []).filter(isNotNamed('object')),
      this.#rules.scopes,
    );
    this.#declared.set(name, {
      node,
      name,
      vendorType: String(type),
      place,
      singular,
      plural: String(plural),
      directives,
    });
    return [];
  }

  #takeNames(name: string, singular: string, plural: string): readonly string[] {
    const types = [name, `${name}Connection`, `${name}Edge`, filterOf(name)];
    const taken = types.filter((type) => !this.#names.takeType(type));
    const fields = [singular, plural].filter((field) => !this.#names.takeField('Query', field));
    // One message is enough.
    if (taken.includes(name)) return [`The graph has a type ${name} already. Choose another name.`];
    return [
      ...taken.map(
        (type) =>
          `${name} leads to a type ${type}, which the graph has already. Choose another name.`,
      ),
      ...fields.map(
        (field) =>
          `${name} leads to a field Query.${field}, which the graph has already. Choose another name, or another plural: @object(type: "${this.#rules.type.example}", plural: "...").`,
      ),
    ];
  }

  has(name: string): boolean {
    return this.#declared.has(name);
  }

  /** The rules for fields of such a type. */
  rulesOf(name: string): ExtensibleType | undefined {
    return this.#declared.has(name) ? { filter: filterOf(name) } : undefined;
  }

  /** A field of every custom record type, also if the file does not contain it. */
  ownField(name: string): FieldDefinitionNode | undefined {
    return OWN_FIELDS.find((field) => field.name.value === name);
  }

  /** For messages: the types of fields that return linked records. */
  get linkTypes(): readonly string[] {
    if (this.#declared.size === 0) return [];
    return [...this.#ownTypes, ...this.#declared.keys()].flatMap((type) => [
      type,
      `${type}Connection`,
    ]);
  }

  /**
   * Reads a link field by its type: a record, or a connection.
   * @returns the field of the graph; undefined if it is not a link
   */
  link(from: string, node: FieldDefinitionNode, place: string): FieldDefinitionNode | undefined {
    const end = this.endOf(from, node.type);
    if (end === undefined) return undefined;
    this.#links.push({ from, name: node.name.value, place, ...end });
    return end.isList ? { ...node, arguments: PAGE_ARGUMENTS } : node;
  }

  /** The type that a field of this type links to; undefined if its records cannot be linked. */
  endOf(
    from: string,
    type: TypeNode,
  ): { readonly to: string; readonly isList: boolean } | undefined {
    if (type.kind !== Kind.NAMED_TYPE) return undefined;
    const name = type.name.value;
    const [, of = ''] = /^(.+)Connection$/.exec(name) ?? [];
    const to = this.#isLinked(name) ? name : this.#isLinked(of) ? of : undefined;
    if (to === undefined) return undefined;
    // The subgraph itself defines links between its own types.
    return this.#declared.has(from) || this.#declared.has(to)
      ? { to, isList: to !== name }
      : undefined;
  }

  #isLinked(type: string): boolean {
    return this.#declared.has(type) || this.#ownTypes.includes(type);
  }

  /** The complete type of the graph. */
  complete(name: string, fields: readonly FieldDefinitionNode[]): ObjectTypeDefinitionNode {
    const { node, directives } = this.#get(name);
    const written = new Set(fields.map((field) => field.name.value));
    const [id, ...times] = OWN_FIELDS.filter((field) => !written.has(field.name.value));
    const isFirst = id?.name.value === 'id';
    return {
      ...node,
      directives: [...KEY, ...directives],
      fields: isFirst
        ? [id, ...fields, ...times]
        : [...fields, ...(id === undefined ? [] : [id]), ...times],
    };
  }

  /**
   * The SDL that is generated for the types, except the inputs of their lists.
   * @param hasFilter returns whether a filter has conditions
   */
  sdl(hasFilter: (input: string) => boolean): string {
    return [...this.#declared.values()]
      .map((declared) => sdlOf(declared, hasFilter(filterOf(declared.name))))
      .join('\n');
  }

  /** The descriptions of the filters of lists, by their names. */
  get filters(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#declared.values()].map(({ name, plural }) => [
        filterOf(name),
        `Filter conditions for ${wordsOf(plural)}, combined with AND.`,
      ]),
    );
  }

  /** Complete definitions of types and links, after the file has been read. */
  definitions(fieldsOf: (type: string) => CustomObjectType['fields']): AddedObjects {
    const types = [...this.#declared.values()].map(({ name, vendorType, place }) => ({
      name,
      vendorType,
      place,
      fields: fieldsOf(name),
    }));
    const end = (name: string): LinkEnd => types.find((type) => type.name === name) ?? name;
    const links = this.#links.map((link) => ({ ...link, from: end(link.from), to: end(link.to) }));
    const resolvers: Record<string, Record<string, unknown>> = {};
    const calls: Record<string, readonly Read[]> = {};
    const add = (type: string, field: string, resolve: ObjectResolver, reads: readonly Read[]) => {
      resolvers[type] = { ...resolvers[type], [field]: resolve };
      calls[`${type}.${field}`] = reads;
    };
    const { byId, list, linked, firstLinked } = this.#rules.calls;
    for (const type of types) {
      const { singular, plural } = this.#get(type.name);
      const resolveReference: ReferenceResolver = ({ id }, { objects }) => objects.byId(type, id);
      resolvers[type.name] = { __resolveReference: resolveReference };
      add('Query', singular, (_root, { id }, { objects }) => objects.byId(type, id), byId);
      add(
        'Query',
        plural,
        (_root, args, { objects }) => objects.list(type, args),
        list(`${type.name}Connection`),
      );
    }
    for (const link of links) {
      const from = typeof link.from === 'string' ? link.from : link.from.name;
      if (link.isList)
        add(from, link.name, ({ id }, args, { objects }) => objects.linked(link, id, args), linked);
      else
        add(
          from,
          link.name,
          ({ id }, _args, { objects }) => objects.firstLinked(link, id),
          firstLinked,
        );
    }
    return { types, links, resolvers, calls };
  }

  #get(name: string): DeclaredObject {
    const declared = this.#declared.get(name);
    if (declared === undefined) throw new TypeError(`${name} was expected to be a declared type.`);
    return declared;
  }
}

/** The custom record types of a file, with their resolvers and calls. */
export interface AddedObjects {
  readonly types: readonly CustomObjectDefinition[];
  readonly links: readonly CustomLink[];
  /** By type and field, with `__resolveReference` of the types. */
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly calls: CallTable;
}

export const NO_OBJECTS: AddedObjects = { types: [], links: [], resolvers: {}, calls: {} };

type ReferenceResolver = (reference: { readonly id: string }, context: ObjectContext) => unknown;

type ObjectResolver = IFieldResolver<
  { readonly id: string },
  ObjectContext,
  ObjectListArguments & { readonly id: string }
>;

const problemsOfName = (name: string): readonly string[] =>
  /^[A-Z][A-Za-z0-9]{0,99}$/.test(name)
    ? []
    : [
        `${name} must have a capital letter first, and then letters and digits alone. Choose another name.`,
      ];

function problemsOfType({
  name: { value: name },
  interfaces = [],
  directives = [],
}: ObjectTypeDefinitionNode): readonly string[] {
  const other = directives.find(
    (directive) => !isAccessRule(directive) && !['object', 'tag'].includes(directive.name.value),
  );
  return [
    ...(interfaces.length === 0
      ? []
      : [`${name} cannot implement interfaces. Remove ${interfaces[0]?.name.value ?? ''}.`]),
    ...(other === undefined
      ? []
      : [
          `${name} cannot have @${other.name.value}. It can have @object, @tag, @requiresScopes, @authenticated and @policy; its key is added.`,
        ]),
  ];
}

const ROOT_NAME = /^[a-z][A-Za-z0-9]{0,99}$/;

/** `ServiceVisit` becomes `serviceVisit`, and `SIMCard` `simCard`. */
export const rootName = (type: string): string =>
  type.replace(/^[A-Z]+(?=[A-Z][a-z]|[0-9]|$)|^[A-Z]/, (start) => start.toLowerCase());

/** A simple English plural, which the file can override. */
export function pluralOf(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

/** `serviceVisits` becomes `service visits`. */
const wordsOf = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const filterOf = (type: string) => `${type}Filter`;

function sdlOf({ name, singular, plural, directives }: DeclaredObject, hasFilter: boolean): string {
  const tags = directives.filter(isNamed('tag'));
  const [all, shown] = [directives, tags].map((some) => some.map((one) => print(one)).join(' '));
  const one = wordsOf(singular);
  const many = wordsOf(plural);
  return `
"A page of ${many}."
type ${name}Connection ${all ?? ''} {
  "The ${many} with their cursors."
  edges: [${name}Edge!]!
  "The ${many}."
  nodes: [${name}]!
  "The position of the page in the list."
  pageInfo: PageInfo!
  "The total number of items. Null if the vendor does not report it."
  totalCount: Int
}
"A ${one} and its cursor."
type ${name}Edge ${all ?? ''} {
  "The position in the list. Opaque."
  cursor: String!
  "The ${one}."
  node: ${name}
}
extend type Query {
  "Returns one ${one} by id. Null if there is no such record."
  ${singular}("The id of the ${one}." id: ID!): ${name} ${shown ?? ''}
  "Lists ${many}."
  ${plural}(
    ${PAGING}
    ${hasFilter ? `"Return only ${many} that match every given condition." filter: ${filterOf(name)}` : ''}
  ): ${name}Connection ${shown ?? ''}
}`;
}

const PAGING = `
"The number of items to return, from 1 to 100."
first: Int! = 20
"Return the items after this cursor."
after: String`;

const TEMPLATE = `type T @key(fields: "id") {
  "The record's id. Opaque."
  id: ID!
  "When the record was created."
  createdAt: DateTime!
  "When the record was last updated."
  updatedAt: DateTime!
  page(${PAGING}): Int
}`;

const [TEMPLATE_TYPE] = parse(TEMPLATE, { noLocation: true }).definitions.filter(
  (definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION,
);
const TEMPLATE_FIELDS = TEMPLATE_TYPE?.fields ?? [];
const KEY = TEMPLATE_TYPE?.directives ?? [];
const OWN_FIELDS = TEMPLATE_FIELDS.filter(({ name }) => name.value !== 'page');
const PAGE_ARGUMENTS = TEMPLATE_FIELDS.at(-1)?.arguments ?? [];
