import { type DocumentNode, type DirectiveNode, isTypeDefinitionNode, Kind, print } from 'graphql';
import { type AccessRules, readAccessRules } from '../supergraph/access-rules.ts';
import { Links } from '../supergraph/links.ts';
import { readElements, type SchemaElement } from './schema-elements.ts';

/**
 * Finds changes that services make to elements of the built-in subgraphs and that a comparison of types does not find: access rules, costs,
 * defaults, enum values, union members.
 * @returns one sentence for each
 */
export function changedElements(embedded: DocumentNode, whole: DocumentNode): readonly string[] {
  const [own, elements] = [readElements(embedded), readElements(whole)];
  const ours = [...own].flatMap(([coordinate, before]) => {
    const after = elements.get(coordinate);
    return after === undefined ? [] : [{ coordinate, before, after }];
  });
  return [
    ...changedRules([...own.keys()], readAccessRules(embedded), readAccessRules(whole)),
    ...addedMembers(embedded, whole),
    ...ours.flatMap(changedDefault),
    ...changedDirectives(ours, new Links(embedded), new Links(whole)),
  ];
}

interface ComparedElement {
  readonly coordinate: string;
  readonly before: SchemaElement;
  readonly after: SchemaElement;
}

/** A rule that a service adds would close an element to its present callers. Services can add rules to their own fields. */
function changedRules(
  coordinates: readonly string[],
  before: AccessRules,
  after: AccessRules,
): readonly string[] {
  return coordinates.flatMap((coordinate) => {
    const [type = '', field] = coordinate.split('.');
    const rulesOf = (rules: AccessRules) =>
      JSON.stringify(field === undefined ? rules.ofType(type) : rules.ofField(type, field));
    return rulesOf(before) === rulesOf(after)
      ? []
      : [
          `A service must not change who may see ${coordinate}: remove @authenticated, @requiresScopes and @policy from it.`,
        ];
  });
}

/** A new enum value or union member breaks clients that handle all known ones. */
function addedMembers(embedded: DocumentNode, whole: DocumentNode): readonly string[] {
  const before = membersByType(embedded);
  return [...membersByType(whole)].flatMap(([type, members]) => {
    const known = before.get(type);
    return known === undefined
      ? []
      : members
          .filter((member) => !known.includes(member))
          .map(
            (member) =>
              `A service must not add ${member} to ${type}, which the built-in subgraphs define. Use a type of its own.`,
          );
  });
}

function membersByType(document: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const links = new Links(document);
  return new Map(
    document.definitions.flatMap((node) => {
      if (!isTypeDefinitionNode(node) || links.isLinked(node.name.value)) return [];
      if (node.kind === Kind.ENUM_TYPE_DEFINITION)
        return [[node.name.value, (node.values ?? []).map(({ name }) => name.value)] as const];
      return node.kind === Kind.UNION_TYPE_DEFINITION
        ? [[node.name.value, (node.types ?? []).map(({ name }) => name.value)] as const]
        : [];
    }),
  );
}

function changedDefault({ coordinate, before, after }: ComparedElement): readonly string[] {
  const [expected, actual] = [before, after].map(({ defaultValue }) =>
    defaultValue === undefined ? 'none' : print(defaultValue),
  );
  return expected === actual
    ? []
    : [`A service must not change the default value of ${coordinate}, which is ${expected ?? ''}.`];
}

/** Directives that other functions compare (access, audiences), and join directives. */
const OTHERWISE_COMPARED =
  /^https:\/\/specs\.apollo\.dev\/(?:join|inaccessible|tag|authenticated|requiresScopes|policy) /;

function changedDirectives(
  elements: readonly ComparedElement[],
  before: Links,
  after: Links,
): readonly string[] {
  const meanings = (links: Links, directives: readonly DirectiveNode[] = []) =>
    new Map(
      directives
        .map((directive) => ({ directive, meaning: links.meaningOf(directive.name.value) }))
        .filter(({ meaning }) => !OTHERWISE_COMPARED.test(meaning))
        .map(({ directive, meaning }) => [
          `${meaning} ${(directive.arguments ?? []).map(print).sort().join()}`,
          directive.name.value,
        ]),
    );
  return elements.flatMap((element) => {
    const known = meanings(before, element.before.directives);
    const added = [...meanings(after, element.after.directives)].filter(([key]) => !known.has(key));
    return [...new Set(added.map(([, name]) => name))].map(
      (name) =>
        `A service must not change ${element.coordinate}, which the built-in subgraphs define: remove @${name} from it.`,
    );
  });
}
