import { type ASTNode, Kind, parse, print, valueFromASTUntyped, visit } from 'graphql';
import { readDirectiveNames } from './access-rules.ts';

/** A supergraph for those who refuse to load one that says who may see what. Whoever reads the rules reads them first. */
export function withoutAccessRules(sdl: string): string {
  const document = parse(sdl, { noLocation: true });
  const names = [...readDirectiveNames(document).keys()];
  if (names.length === 0) return sdl;
  const isGone = (node: ASTNode) => {
    if (node.kind === Kind.SCALAR_TYPE_DEFINITION) return names.some((name) => node.name.value.startsWith(`${name}__`));
    if (node.kind !== Kind.DIRECTIVE && node.kind !== Kind.DIRECTIVE_DEFINITION) return false;
    return names.includes(node.name.value) || (node.kind === Kind.DIRECTIVE && node.name.value === 'link' && isLinkOfRules(node));
  };
  return print(visit(document, { enter: (node) => (isGone(node) ? null : undefined) }));
}

const isLinkOfRules = (link: Extract<ASTNode, { readonly kind: Kind.DIRECTIVE }>) =>
  (link.arguments ?? []).some(
    ({ name, value }) =>
      name.value === 'url' &&
      /^https:\/\/specs\.apollo\.dev\/(authenticated|requiresScopes|policy)\//.test(String(valueFromASTUntyped(value))),
  );
