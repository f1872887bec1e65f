import { type ASTNode, type DocumentNode, Kind, visit } from 'graphql';
import { Links } from './links.ts';

/** The API schema of a supergraph: without join directives and `@inaccessible` elements. */
export function buildApiDocument(supergraph: DocumentNode): DocumentNode {
  const links = new Links(supergraph);
  return withoutMachinery(supergraph, links, links.namesOf('@inaccessible', 'inaccessible'));
}

/** The schema of a supergraph without join directives, with elements that are hidden from clients. */
export const buildFullDocument = (supergraph: DocumentNode): DocumentNode =>
  withoutMachinery(supergraph, new Links(supergraph), []);

function withoutMachinery(
  supergraph: DocumentNode,
  links: Links,
  inaccessible: readonly string[],
): DocumentNode {
  const isHidden = (node: ASTNode) =>
    'directives' in node &&
    (node.directives ?? []).some((directive) => inaccessible.includes(directive.name.value));
  const hiddenTypes = new Set(
    supergraph.definitions.flatMap((node) =>
      isDefinition(node) && isHidden(node) ? [node.name.value] : [],
    ),
  );
  return visit(supergraph, {
    enter: (node) => {
      const isRemoved =
        isHidden(node) ||
        ((node.kind === Kind.DIRECTIVE || isDefinition(node)) && links.isLinked(node.name.value)) ||
        // An interface of a type or a member of a union: only these can name a hidden type.
        (node.kind === Kind.NAMED_TYPE && hiddenTypes.has(node.name.value));
      return isRemoved ? null : undefined;
    },
  });
}

const isDefinition = (node: ASTNode) =>
  node.kind === Kind.DIRECTIVE_DEFINITION ||
  node.kind === Kind.OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
  node.kind === Kind.UNION_TYPE_DEFINITION ||
  node.kind === Kind.ENUM_TYPE_DEFINITION ||
  node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.SCALAR_TYPE_DEFINITION;
