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

/** What a caller has to meet. Of `anyOf` one line has to be met as a whole. */
export type Condition =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly anyOf: readonly (readonly string[])[] };

/** What a graph's SDL says of who may see what. Equal conditions are the same object. */
export interface AccessRules {
  /** @returns what is said of the type itself */
  ofType(type: string): readonly Condition[];
  /** @returns what is said of the field itself, not of its type */
  ofField(type: string, field: string): readonly Condition[];
  /** @returns what is said of the output field that the input field follows (`@accessOf`), of its type, and of what it leads to */
  ofInputField(type: string, field: string): readonly Condition[];
  readonly all: readonly Condition[];
}

/**
 * Reads the directives of a supergraph, or of a subgraph: https://specs.apollo.dev/authenticated/v0.1, /requiresScopes/v0.1 and
 * /policy/v0.1, under whatever names they are linked.
 * @throws Error for a directive of such a name that is linked from nowhere: nobody could say what it means.
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

/** The scopes that some element of a graph requires. */
export const requiredScopes = (document: DocumentNode): ReadonlySet<string> =>
  new Set(
    readAccessRules(document).all.flatMap((condition) =>
      condition.kind === 'scopes' ? condition.anyOf.flat() : [],
    ),
  );

/**
 * The places whose rules each input field follows, by `InputType.field`.
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

/** A supergraph for those who refuse to load one that says who may see what. Whoever reads the rules reads them first. */
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
  const isGone = (node: ASTNode) => {
    if (node.kind === Kind.SCALAR_TYPE_DEFINITION) return scalars.includes(node.name.value);
    if (node.kind !== Kind.DIRECTIVE && node.kind !== Kind.DIRECTIVE_DEFINITION) return false;
    return directives.has(node.name.value) || uses.has(node);
  };
  const document = visit(supergraph.document, {
    enter: (node) => (isGone(node) ? null : undefined),
  });
  return new Supergraph(print(document), document);
}

/** The specification of `@accessOf(field: "Type.field")`, which says that an input field needs what an output field needs. */
export const ACCESS_OF = 'https://specs.tributary.example/accessOf';

const NONE: readonly Condition[] = [];

type ConditionKind = Condition['kind'];

const SPECIFIED: Readonly<Record<string, ConditionKind>> = {
  authenticated: 'authenticated',
  requiresScopes: 'scopes',
  policy: 'policies',
};
/** The standard names, which say nothing without a link. */
const UNLINKED: ReadonlySet<string> = new Set(
  Object.keys(SPECIFIED).flatMap((name) => [name, `federation__${name}`]),
);

const unlinked = (directive: string, place: string) =>
  new Error(
    `The schema applies @${directive} to ${place}, but does not link the specification of that directive, so nothing would enforce it.`,
  );

/** What each directive is about, by its names in the document. */
function readDirectiveKinds(links: Links): ReadonlyMap<string, ConditionKind> {
  const kinds = new Map<string, ConditionKind>();
  for (const [directive, kind] of Object.entries(SPECIFIED)) {
    // Those of a supergraph have specifications of their own, those of a subgraph are part of Federation's.
    for (const name of links.linkedNamesOf(`@${directive}`, directive, 'federation'))
      kinds.set(name, kind);
  }
  return kinds;
}

function readCondition(kind: ConditionKind, directive: ConstDirectiveNode): Condition {
  if (kind === 'authenticated') return { kind };
  // A cast: the specifications fix each directive's arguments, which composition has checked.
  const { scopes, policies = scopes } = argumentsOf(directive) as {
    readonly scopes?: string[][];
    readonly policies?: string[][];
  };
  return { kind, anyOf: policies ?? [] };
}
