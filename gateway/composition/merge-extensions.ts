import {
  type DocumentNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
} from 'graphql';

type TypeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/**
 * Merges `extend type X` into the `type X` of the same document. If a service has both, `@theguild/federation-composition` (0.27) treats
 * an external field that is a key elsewhere as a field of the service.
 */
export function mergeExtensions(document: DocumentNode): DocumentNode {
  const defined = new Map<string, TypeDefinition>();
  for (const definition of document.definitions)
    if (isTypeDefinition(definition)) defined.set(definition.name.value, definition);
  const definitions = document.definitions.filter((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_EXTENSION && node.kind !== Kind.INTERFACE_TYPE_EXTENSION)
      return true;
    const definition = defined.get(node.name.value);
    if (definition === undefined) return true;
    defined.set(node.name.value, {
      ...definition,
      interfaces: [...(definition.interfaces ?? []), ...(node.interfaces ?? [])],
      directives: [...(definition.directives ?? []), ...(node.directives ?? [])],
      fields: [...(definition.fields ?? []), ...(node.fields ?? [])],
    });
    return false;
  });
  return {
    ...document,
    definitions: definitions.map((node) =>
      isTypeDefinition(node) ? (defined.get(node.name.value) ?? node) : node,
    ),
  };
}

const isTypeDefinition = (node: { readonly kind: Kind }): node is TypeDefinition =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
