import { type ASTNode, type DocumentNode, Kind, valueFromASTUntyped, visit } from 'graphql';

/** What clients see of a supergraph: without the machinery of composition and without anything `@inaccessible`. */
export function buildApiDocument(supergraph: DocumentNode): DocumentNode {
  const specifications = linkedSpecifications(supergraph);
  const isMachinery = (name: string) => specifications.some((one) => name === one || name.startsWith(`${one}__`));
  const hidden = hiddenTypes(supergraph);
  return visit(supergraph, {
    enter: (node) => {
      const isGone =
        isInaccessible(node) ||
        (node.kind === Kind.DIRECTIVE && isMachinery(node.name.value)) ||
        (isDefinition(node) && isMachinery(node.name.value)) ||
        // An interface that a type implements, or a member of a union: nothing else may name a hidden type.
        (node.kind === Kind.NAMED_TYPE && hidden.has(node.name.value));
      return isGone ? null : undefined;
    },
  });
}

/** Names under which the supergraph uses specifications: `https://specs.apollo.dev/join/v0.5` is `join`. */
function linkedSpecifications(supergraph: DocumentNode): string[] {
  const schema = supergraph.definitions.find((definition) => definition.kind === Kind.SCHEMA_DEFINITION);
  return (schema?.directives ?? [])
    .filter((directive) => directive.name.value === 'link')
    .flatMap((directive) => {
      const given = Object.fromEntries((directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
      const name = given['as'] ?? String(given['url']).split('/').at(-2);
      return typeof name === 'string' ? [name] : [];
    });
}

function hiddenTypes(supergraph: DocumentNode): ReadonlySet<string> {
  return new Set(supergraph.definitions.flatMap((node) => (isDefinition(node) && isInaccessible(node) ? [node.name.value] : [])));
}

const isInaccessible = (node: ASTNode) =>
  'directives' in node && (node.directives ?? []).some((directive) => directive.name.value === 'inaccessible');

const isDefinition = (node: ASTNode) =>
  node.kind === Kind.DIRECTIVE_DEFINITION ||
  node.kind === Kind.OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
  node.kind === Kind.UNION_TYPE_DEFINITION ||
  node.kind === Kind.ENUM_TYPE_DEFINITION ||
  node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.SCALAR_TYPE_DEFINITION;
