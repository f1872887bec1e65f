import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ScalarTypeDefinitionNode,
} from 'graphql';
import { argumentsOfEach } from './directives.ts';
import { type FieldSet, parseFieldSet } from './field-set.ts';
import { Links } from './links.ts';

/** How subgraphs form the graph, from the directives of https://specs.apollo.dev/join/v0.5 and older versions. */
export interface Joins {
  /** Names of the subgraphs. */
  readonly subgraphs: readonly string[];
  /** Object and interface types by name. */
  readonly types: ReadonlyMap<string, JoinedType>;
}

export interface JoinedType {
  readonly name: string;
  /** The subgraphs that define the type, each with the keys by which it resolves entities. */
  readonly keys: ReadonlyMap<string, readonly FieldSet[]>;
  /** Whether a subgraph defines an interface of others as an object type: `@interfaceObject`. */
  readonly isInterfaceObject: boolean;
  readonly fields: ReadonlyMap<string, JoinedField>;
}

export interface JoinedField {
  /** The subgraphs that resolve the field. */
  readonly owners: readonly string[];
  /** The fields of other subgraphs that an owner's resolver requires. */
  readonly requires: ReadonlyMap<string, FieldSet>;
  /** The fields of the result that an owner's resolver returns although other subgraphs own them. */
  readonly provides: ReadonlyMap<string, FieldSet>;
  /** Whether a label decides which subgraph resolves the field: progressive `@override`. */
  readonly isOverriddenByLabel: boolean;
  /** Whether the field has arguments from parent objects: `@fromContext`. */
  readonly readsContext: boolean;
}

export interface JoinedSubgraph {
  readonly name: string;
  /** Empty if the supergraph has none. */
  readonly url: string;
}

/** @throws Error for a document that is not a supergraph */
export function readJoins(document: DocumentNode): Joins {
  const reader = new JoinReader(document);
  const types = new Map<string, JoinedType>();
  for (const definition of document.definitions) {
    if (
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION
    ) {
      types.set(definition.name.value, reader.type(definition));
    }
  }
  return { subgraphs: [...reader.subgraphs.values()].map(({ name }) => name), types };
}

/** The names of the subgraphs that define each scalar. */
export function readScalarOwners(document: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const reader = new JoinReader(document);
  return new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.SCALAR_TYPE_DEFINITION
        ? [[node.name.value, reader.owners(node)] as const]
        : [],
    ),
  );
}

/**
 * The subgraphs by their values of `enum join__Graph`.
 * @throws Error for a document that is not a supergraph
 */
export function readSubgraphs(
  document: DocumentNode,
  links = new Links(document),
): ReadonlyMap<string, JoinedSubgraph> {
  const enums = links.namesOf('Graph', 'join');
  const directives = links.namesOf('@graph', 'join');
  const subgraphs = new Map<string, JoinedSubgraph>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || !enums.includes(definition.name.value))
      continue;
    for (const value of definition.values ?? []) {
      for (const { name, url = '' } of argumentsOfEach<JoinGraph>(value, directives))
        subgraphs.set(value.name.value, { name, url });
    }
  }
  if (subgraphs.size === 0)
    throw new Error(
      'The supergraph must be a Federation v2 supergraph, but it names no subgraph (enum join__Graph).',
    );
  return subgraphs;
}

interface JoinGraph {
  readonly name: string;
  readonly url?: string;
}

interface JoinType {
  readonly graph: string;
  readonly key?: string;
  readonly resolvable?: boolean;
  readonly isInterfaceObject?: boolean;
}

interface JoinField {
  readonly graph?: string;
  readonly requires?: string;
  readonly provides?: string;
  readonly external?: boolean;
  readonly usedOverridden?: boolean;
  readonly overrideLabel?: string;
  readonly contextArguments?: readonly unknown[];
}

class JoinReader {
  readonly subgraphs: ReadonlyMap<string, JoinedSubgraph>;
  readonly #typeDirectives: readonly string[];
  readonly #fieldDirectives: readonly string[];

  constructor(document: DocumentNode) {
    const links = new Links(document);
    this.subgraphs = readSubgraphs(document, links);
    this.#typeDirectives = links.namesOf('@type', 'join');
    this.#fieldDirectives = links.namesOf('@field', 'join');
  }

  owners(node: ScalarTypeDefinitionNode): readonly string[] {
    return argumentsOfEach<JoinType>(node, this.#typeDirectives).map(({ graph }) =>
      this.#nameOf(graph),
    );
  }

  type(node: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode): JoinedType {
    const joins = argumentsOfEach<JoinType>(node, this.#typeDirectives);
    const keys = new Map<string, FieldSet[]>();
    for (const { graph, key, resolvable = true } of joins) {
      const subgraph = this.#nameOf(graph);
      const known = keys.get(subgraph) ?? [];
      keys.set(subgraph, known);
      if (key !== undefined && resolvable) known.push(parseFieldSet(key));
    }
    const fields = (node.fields ?? []).map(
      (field) => [field.name.value, this.#field(field, [...keys.keys()])] as const,
    );
    return {
      name: node.name.value,
      keys,
      isInterfaceObject: joins.some((join) => join.isInterfaceObject === true),
      fields: new Map(fields),
    };
  }

  /** @param subgraphs the subgraphs that define the parent type: the owners, if no directive names others */
  #field(node: FieldDefinitionNode, subgraphs: readonly string[]): JoinedField {
    const joins = argumentsOfEach<JoinField>(node, this.#fieldDirectives);
    const owners: string[] = [];
    const requires = new Map<string, FieldSet>();
    const provides = new Map<string, FieldSet>();
    for (const join of joins) {
      if (join.graph === undefined || join.external === true || join.usedOverridden === true)
        continue;
      const owner = this.#nameOf(join.graph);
      owners.push(owner);
      if (join.requires !== undefined) requires.set(owner, parseFieldSet(join.requires));
      if (join.provides !== undefined) provides.set(owner, parseFieldSet(join.provides));
    }
    return {
      owners: joins.length === 0 ? subgraphs : owners,
      requires,
      provides,
      isOverriddenByLabel: joins.some((join) => join.overrideLabel !== undefined),
      readsContext: joins.some((join) => join.contextArguments !== undefined),
    };
  }

  #nameOf(graph: string): string {
    const subgraph = this.subgraphs.get(graph);
    if (subgraph === undefined)
      throw new Error(
        `The supergraph names a subgraph ${graph} that its enum join__Graph does not have.`,
      );
    return subgraph.name;
  }
}
