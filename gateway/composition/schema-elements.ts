import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  type NameNode,
  type StringValueNode,
  visit,
} from 'graphql';
import { Links } from '../supergraph/links.ts';

/** A type, field, argument, enum value or input field of a supergraph. */
export interface SchemaElement {
  readonly name: NameNode;
  readonly description?: StringValueNode | undefined;
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
  /** For arguments and input fields. */
  readonly defaultValue?: ConstValueNode | undefined;
}

/**
 * Reads the elements of the graph, without those of linked specifications, by their coordinates: `Type`, `Type.field`,
 * `Type.field(argument:)`, `Enum.VALUE`, `Input.field`.
 */
export function readElements(document: DocumentNode): ReadonlyMap<string, SchemaElement> {
  const links = new Links(document);
  const elements = new Map<string, SchemaElement>();
  for (const definition of document.definitions) {
    if (!isTypeDefinitionNode(definition) || links.isLinked(definition.name.value)) continue;
    const type = definition.name.value;
    elements.set(type, definition);
    for (const field of 'fields' in definition ? (definition.fields ?? []) : []) {
      const coordinate = `${type}.${field.name.value}`;
      elements.set(coordinate, field);
      for (const argument of 'arguments' in field ? (field.arguments ?? []) : [])
        elements.set(`${coordinate}(${argument.name.value}:)`, argument);
    }
    for (const value of 'values' in definition ? (definition.values ?? []) : [])
      elements.set(`${type}.${value.name.value}`, value);
  }
  return elements;
}

/** Copies the descriptions of `own` to `whole`: composition uses those of the subgraph whose name is first. */
export function withDescriptionsOf(own: DocumentNode, whole: DocumentNode): DocumentNode {
  const elements = readElements(own);
  const described = new Map(
    [...readElements(whole)].flatMap(([coordinate, element]) => {
      const description = elements.get(coordinate)?.description;
      return description === undefined ? [] : [[element.name, description] as const];
    }),
  );
  return visit(whole, {
    enter: (node) => {
      if (node.kind === Kind.DIRECTIVE_DEFINITION || !('description' in node)) return undefined;
      const description = 'name' in node ? described.get(node.name) : undefined;
      return description === undefined ? undefined : { ...node, description };
    },
  });
}
