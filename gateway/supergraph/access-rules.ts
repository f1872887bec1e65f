import {
  type ASTNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  print,
  visit,
} from 'graphql';
import { argumentsOf, argumentsOfEach } from './directives.ts';
import { Links } from './links.ts';
import { Supergraph } from './supergraph.ts';

/** A condition that a caller must meet. Of `anyOf`, all names of one list must be met. */
export type Condition =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly anyOf: readonly (readonly string[])[] };

/** The access rules of a graph's SDL. Equal conditions are the same object. */
export interface AccessRules {
  /** @returns the rules of the type itself */
  ofType(type: string): readonly Condition[];
  /** @returns the rules of the field itself, without those of its type */
  ofField(type: string, field: string): readonly Condition[];
  /** @returns the rules of the output field that `@accessOf` names, of its parent type and of its result type */
  ofInputField(type: string, field: string): readonly Condition[];
  readonly all: readonly Condition[];
}

/**
 * Reads the access directives of a supergraph or a subgraph: https://specs.apollo.dev/authenticated/v0.1, /requiresScopes/v0.1 and
 * /policy/v0.1, under the names by which they are linked.
 * @throws Error for a directive of such a name without a link: its meaning would be undefined
 */
export function readAccessRules(document: DocumentNode): AccessRules {
  const kinds = readDirectiveKinds(new Links(document));
  const known = new Map<string, Condition>();
  const rules = new Map<string, Condition[]>();
  const add = (place: string, directives: readonly ConstDirectiveNode[] = []) => {
    for (const directive of directives) {
      const kind = kinds.get(directive.name.value);
      if (kind === undefined && UNLINKED.has(directive.name.value))
        throw unlinked(directive.name.value, place);
      if (kind === undefined) continue;
      const condition = readCondition(kind, directive);
      const key = JSON.stringify(condition);
      known.set(key, known.get(key) ?? condition);
      rules.set(place, [...(rules.get(place) ?? []), known.get(key) ?? condition]);
    }
  };
  for (const definition of document.definitions) {
    if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue;
    const type = definition.name.value;
    add(type, definition.directives);
    for (const field of 'fields' in definition ? (definition.fields ?? []) : [])
      add(`${type}.${field.name.value}`, field.directives);
  }
  const followed = readFollowedFields(document);
  return {
    ofType: (type) => rules.get(type) ?? NONE,
    ofField: (type, field) => rules.get(`${type}.${field}`) ?? NONE,
    ofInputField: (type, field) =>
      (followed.get(`${type}.${field}`) ?? []).flatMap((place) => rules.get(place) ?? NONE),
    all: [...known.values()],
  };
}

/** All scopes that elements of a graph require. */
export const requiredScopes = (document: DocumentNode): ReadonlySet<string> =>
  new Set(
    readAccessRules(document).all.flatMap((condition) =>
      condition.kind === 'scopes' ? condition.anyOf.flat() : [],
    ),
  );

/**
 * The schema coordinates whose rules each input field follows, by `InputType.field`.
 * @throws Error for a field that does not exist: the input field would have no access rule
 */
function readFollowedFields(document: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const names = new Links(document).foreignNamesOf('@accessOf', ACCESS_OF);
  const followed = new Map<string, readonly string[]>();
  if (names.length === 0) return followed;
  const leadsTo = new Map<string, string>();
  for (const definition of document.definitions)
    for (const field of fieldsOf(definition))
      leadsTo.set(field.coordinate, print(field.node.type).replace(/[^\w]/g, ''));
  for (const definition of document.definitions)
    for (const { coordinate, node } of fieldsOf(definition))
      for (const { field } of argumentsOfEach<{ readonly field: string }>(node, names)) {
        const target = leadsTo.get(field);
        if (target === undefined)
          throw new Error(
            `The schema says @accessOf(field: "${field}") of ${coordinate}, but has no such field.`,
          );
        followed.set(coordinate, [field.slice(0, field.indexOf('.')), field, target]);
      }
  return followed;
}

const fieldsOf = (node: DefinitionNode) =>
  (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) && 'fields' in node
    ? (node.fields ?? []).map((field) => ({
        coordinate: `${node.name.value}.${field.name.value}`,
        node: field,
      }))
    : [];

/** Removes access rules, for libraries that refuse to load a supergraph with them. Read the rules before. */
export function withoutAccessRules(supergraph: Supergraph): Supergraph {
  const links = new Links(supergraph.document);
  const directives = readDirectiveKinds(links);
  if (directives.size === 0) return supergraph;
  const scalars = [
    ...links.linkedNamesOf('Scope', 'requiresScopes'),
    ...links.linkedNamesOf('Policy', 'policy'),
  ];
  const uses = new Set<ASTNode>(
    Object.keys(SPECIFIED).flatMap((name) => links.of(name).map(({ directive }) => directive)),
  );
  const isRemoved = (node: ASTNode) => {
    if (node.kind === Kind.SCALAR_TYPE_DEFINITION) return scalars.includes(node.name.value);
    if (node.kind !== Kind.DIRECTIVE && node.kind !== Kind.DIRECTIVE_DEFINITION) return false;
    return directives.has(node.name.value) || uses.has(node);
  };
  const document = visit(supergraph.document, {
    enter: (node) => (isRemoved(node) ? null : undefined),
  });
  return new Supergraph(print(document), document);
}

/** The specification of `@accessOf(field: "Type.field")`: an input field has the access rules of an output field. */
export const ACCESS_OF = 'https://specs.tributary.example/accessOf';

const NONE: readonly Condition[] = [];

type ConditionKind = Condition['kind'];

const SPECIFIED: Readonly<Record<string, ConditionKind>> = {
  authenticated: 'authenticated',
  requiresScopes: 'scopes',
  policy: 'policies',
};
/** The standard names, which are undefined without a link. */
const UNLINKED: ReadonlySet<string> = new Set(
  Object.keys(SPECIFIED).flatMap((name) => [name, `federation__${name}`]),
);

const unlinked = (directive: string, place: string) =>
  new Error(
    `The schema applies @${directive} to ${place}, but does not link the specification of that directive, so nothing would enforce it.`,
  );

/** The kind of condition of each directive, by its names in the document. */
function readDirectiveKinds(links: Links): ReadonlyMap<string, ConditionKind> {
  const kinds = new Map<string, ConditionKind>();
  for (const [directive, kind] of Object.entries(SPECIFIED)) {
    // A supergraph links a specification for each; a subgraph links Federation's.
    for (const name of links.linkedNamesOf(`@${directive}`, directive, 'federation'))
      kinds.set(name, kind);
  }
  return kinds;
}

function readCondition(kind: ConditionKind, directive: ConstDirectiveNode): Condition {
  if (kind === 'authenticated') return { kind };
  // The cast is safe: composition has checked the arguments against the specification.
  const { scopes, policies = scopes } = argumentsOf(directive) as {
    readonly scopes?: string[][];
    readonly policies?: string[][];
  };
  return { kind, anyOf: policies ?? [] };
}
