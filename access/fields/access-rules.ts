import {
  isTypeDefinitionNode,
  isTypeExtensionNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  parse,
  valueFromASTUntyped,
} from 'graphql';

/** What a caller has to meet. Of `anyOf` one line has to be met as a whole. */
export type Condition =
  { readonly kind: 'authenticated' } | { readonly kind: 'scopes' | 'policies'; readonly anyOf: readonly (readonly string[])[] };

/** What a graph's SDL says of who may see what. Equal conditions are the same object. */
export interface AccessRules {
  /** @returns what is said of the type itself */
  ofType(type: string): readonly Condition[];
  /** @returns what is said of the field itself, not of its type */
  ofField(type: string, field: string): readonly Condition[];
  readonly all: readonly Condition[];
}

/**
 * Reads the directives of a supergraph, or of a subgraph: https://specs.apollo.dev/authenticated/v0.1, /requiresScopes/v0.1 and
 * /policy/v0.1, under whatever names they are linked.
 * @throws Error for a directive of such a name that is linked from nowhere: nobody could say what it means.
 */
export function readAccessRules(sdl: string): AccessRules {
  const document = parse(sdl, { noLocation: true });
  const kinds = readDirectiveNames(document);
  const known = new Map<string, Condition>();
  const rules = new Map<string, Condition[]>();
  const add = (place: string, directives: readonly DirectiveNode[] = []) => {
    for (const directive of directives) {
      const kind = kinds.get(directive.name.value);
      if (kind === undefined && UNLINKED.has(directive.name.value)) throw unlinked(directive.name.value, place);
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
    for (const field of 'fields' in definition ? (definition.fields ?? []) : []) add(`${type}.${field.name.value}`, field.directives);
  }
  return {
    ofType: (type) => rules.get(type) ?? NONE,
    ofField: (type, field) => rules.get(`${type}.${field}`) ?? NONE,
    all: [...known.values()],
  };
}

const NONE: readonly Condition[] = [];

type ConditionKind = Condition['kind'];

const SPECIFIED: Readonly<Record<string, ConditionKind>> = { authenticated: 'authenticated', requiresScopes: 'scopes', policy: 'policies' };
const UNLINKED: ReadonlySet<string> = new Set(Object.keys(SPECIFIED));

const unlinked = (directive: string, place: string) =>
  new Error(
    `The schema says @${directive} of ${place}, but does not link the specification of that directive, so nothing would enforce it.`,
  );

interface Link {
  readonly url?: string;
  readonly as?: string;
  readonly import?: readonly (string | { readonly name: string; readonly as?: string })[];
}

/** What each directive is about, by the name under which the document uses it. */
export function readDirectiveNames(document: DocumentNode): ReadonlyMap<string, ConditionKind> {
  const names = new Map<string, ConditionKind>();
  for (const { url = '', as, import: imports = [] } of linksOf(document)) {
    const [, specification = ''] = /^https:\/\/specs\.apollo\.dev\/(\w+)\/v[\d.]+$/.exec(url) ?? [];
    const kind = SPECIFIED[specification];
    // Those of a supergraph have specifications of their own, those of a subgraph are part of federation's.
    if (kind !== undefined) names.set(as ?? specification, kind);
    if (specification !== 'federation') continue;
    for (const [name, meant] of Object.entries(SPECIFIED)) names.set(`${as ?? specification}__${name}`, meant);
    for (const imported of imports) {
      const { name, as: local = name } = typeof imported === 'string' ? { name: imported } : imported;
      const meant = SPECIFIED[name.replace('@', '')];
      if (meant !== undefined) names.set(local.replace('@', ''), meant);
    }
  }
  return names;
}

function linksOf(document: DocumentNode): Link[] {
  return document.definitions
    .filter((node) => node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
    .flatMap(({ directives = [] }) => directives.filter(({ name }) => name.value === 'link').map((link) => argumentsOf(link) as Link));
}

function readCondition(kind: ConditionKind, directive: DirectiveNode): Condition {
  if (kind === 'authenticated') return { kind };
  const { scopes, policies = scopes } = argumentsOf(directive) as { readonly scopes?: string[][]; readonly policies?: string[][] };
  return { kind, anyOf: policies ?? [] };
}

/** The specifications fix each directive's arguments, which composition has checked. */
const argumentsOf = ({ arguments: given = [] }: DirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
