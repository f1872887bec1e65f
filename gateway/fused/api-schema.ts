import { type ASTNode, type DocumentNode, Kind, valueFromASTUntyped, visit } from 'graphql';

/** What clients see of a supergraph: without the machinery of composition and without anything `@inaccessible`. */
export function buildApiDocument(supergraph: DocumentNode): DocumentNode {
  const { names, imported } = linkedSpecifications(supergraph);
  const isMachinery = (name: string) => imported.has(name) || names.some((one) => name === one || name.startsWith(`${one}__`));
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

/**
 * How the supergraph uses specifications: `https://specs.apollo.dev/join/v0.5` under the name `join`, and elements of some that it imports
 * under names of their own: `listSize` of `https://specs.apollo.dev/cost/v0.1`.
 */
function linkedSpecifications(supergraph: DocumentNode): { readonly names: readonly string[]; readonly imported: ReadonlySet<string> } {
  const schema = supergraph.definitions.find((definition) => definition.kind === Kind.SCHEMA_DEFINITION);
  const names: string[] = [];
  const imported = new Set<string>();
  for (const { name: directive, arguments: given = [] } of schema?.directives ?? []) {
    if (directive.value !== 'link') continue;
    const link = Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
    const name = link['as'] ?? String(link['url']).split('/').at(-2);
    if (typeof name === 'string') names.push(name);
    for (const element of importsOf(link['import'])) imported.add(element.replace(/^@/, ''));
  }
  return { names, imported };
}

/** https://specs.apollo.dev/link/v1.0/#Import */
function importsOf(imports: unknown): string[] {
  if (!Array.isArray(imports)) return [];
  return imports.flatMap((element: string | { readonly name: string; readonly as?: string }) =>
    typeof element === 'string' ? element : (element.as ?? element.name),
  );
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
