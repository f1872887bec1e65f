import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  buildASTSchema,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  isCompositeType,
  isUnionType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  valueFromASTUntyped,
} from 'graphql';
import { type FieldSet, parseFieldSet } from './field-set.ts';

/** How the subgraphs make up the graph: the `@join__` directives of a Federation v2 supergraph, read. */
export interface Supergraph {
  readonly document: DocumentNode;
  /** All of the graph, what is hidden from clients included; without resolvers. */
  readonly schema: GraphQLSchema;
  /** Names of the subgraphs. */
  readonly subgraphs: readonly string[];
  /** Object and interface types by name. */
  readonly types: ReadonlyMap<string, JoinedType>;
}

export interface JoinedType {
  readonly name: string;
  /** The subgraphs that know the type, each with the keys by which it can be asked for an entity. */
  readonly keys: ReadonlyMap<string, readonly FieldSet[]>;
  readonly fields: ReadonlyMap<string, JoinedField>;
}

export interface JoinedField {
  /** The subgraphs that resolve the field. */
  readonly owners: readonly string[];
  /** What an owner's resolver needs of other subgraphs. */
  readonly requires: ReadonlyMap<string, FieldSet>;
}

/** @throws Error for what this way of execution does not do, by name. */
export function readSupergraph(sdl: string): Supergraph {
  const document = parse(sdl, { noLocation: true });
  const names = readSubgraphNames(document);
  const types = new Map<string, JoinedType>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      types.set(definition.name.value, readType(definition, names));
    }
  }
  return { document, schema: buildASTSchema(document, { assumeValidSDL: true }), subgraphs: [...names.values()], types };
}

/** The definition of a field of a type; undefined for `__typename` and fields of unions. */
function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isUnionType(type) ? undefined : type.getFields()[name];
}

/** The composite type that a field leads to; undefined where it leads to a leaf. */
export function targetOf(type: GraphQLCompositeType, name: string): GraphQLCompositeType | undefined {
  const field = fieldOf(type, name);
  const target = field && getNamedType(field.type);
  return isCompositeType(target) ? target : undefined;
}

/** Values of `enum join__Graph` with the names that they stand for. */
function readSubgraphNames(document: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      for (const { name } of directives<{ name: string }>(value, 'join__graph')) names.set(value.name.value, name);
    }
  }
  if (names.size === 0) throw new Error('The supergraph must be a Federation v2 supergraph, but it names no subgraph (enum join__Graph).');
  return names;
}

interface JoinType {
  readonly graph: string;
  readonly key?: string;
  readonly resolvable?: boolean;
  readonly isInterfaceObject?: boolean;
}

function readType(node: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode, names: ReadonlyMap<string, string>): JoinedType {
  const name = node.name.value;
  const keys = new Map<string, FieldSet[]>();
  for (const { graph, key, resolvable = true, isInterfaceObject = false } of directives<JoinType>(node, 'join__type')) {
    if (isInterfaceObject) throw unsupported('@interfaceObject', name);
    const subgraph = subgraphOf(graph, names);
    const known = keys.get(subgraph) ?? [];
    keys.set(subgraph, known);
    if (key !== undefined && resolvable) known.push(parseFieldSet(key));
  }
  const fields = new Map((node.fields ?? []).map((field) => [field.name.value, readField(field, name, [...keys.keys()], names)]));
  return { name, keys, fields };
}

interface JoinField {
  readonly graph?: string;
  readonly requires?: string;
  readonly external?: boolean;
  readonly usedOverridden?: boolean;
  readonly overrideLabel?: string;
  readonly contextArguments?: readonly unknown[];
}

function readField(node: FieldDefinitionNode, type: string, subgraphs: readonly string[], names: ReadonlyMap<string, string>): JoinedField {
  const joins = directives<JoinField>(node, 'join__field');
  const place = `${type}.${node.name.value}`;
  if (joins.some((join) => join.overrideLabel !== undefined)) throw unsupported('progressive @override', place);
  if (joins.some((join) => join.contextArguments !== undefined)) throw unsupported('@fromContext', place);
  const owners: string[] = [];
  const requires = new Map<string, FieldSet>();
  for (const join of joins) {
    if (join.graph === undefined || join.external === true || join.usedOverridden === true) continue;
    const owner = subgraphOf(join.graph, names);
    owners.push(owner);
    if (join.requires !== undefined) requires.set(owner, parseFieldSet(join.requires));
  }
  return { owners: joins.length === 0 ? subgraphs : owners, requires };
}

function subgraphOf(graph: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(graph);
  if (name === undefined) throw new Error(`The supergraph names a subgraph ${graph} that its enum join__Graph does not have.`);
  return name;
}

function directives<Arguments>(node: { readonly directives?: readonly ConstDirectiveNode[] }, name: string): Arguments[] {
  return (node.directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map(
      (directive) =>
        // The join specification fixes each directive's arguments, which composition has checked.
        Object.fromEntries(
          (directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
        ) as Arguments,
    );
}

const unsupported = (what: string, where: string) =>
  new Error(`Embedded execution does not support ${what}, which ${where} uses. Run the subgraphs as services (*_SUBGRAPH_URL) instead.`);
