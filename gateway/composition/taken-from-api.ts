import {
  buildASTSchema,
  type FieldNode,
  findBreakingChanges,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { type AccessRules, readAccessRules } from '../supergraph/access-rules.ts';
import { buildApiDocument, buildFullDocument } from '../supergraph/api-document.ts';
import { type Joins, readJoins } from '../supergraph/joins.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * What services take from the API of the built-in subgraphs, a sentence each. Composition allows all of it without a word: an input type has
 * only the fields that all subgraphs have, a field is nullable if it is so anywhere, and access rules and tags of all subgraphs add up.
 * @param builtIn are the names of the built-in subgraphs
 */
export function takenFromApi(
  embedded: Supergraph,
  whole: Supergraph,
  builtIn: readonly string[],
): readonly string[] {
  const [before, after] = [embedded, whole].map(({ document }) =>
    buildASTSchema(buildApiDocument(document), { assumeValidSDL: true }),
  );
  if (before === undefined || after === undefined) return [];
  const rules = {
    before: readAccessRules(embedded.document),
    after: readAccessRules(whole.document),
  };
  return [
    ...findBreakingChanges(before, after).map(
      ({ description }) =>
        `A service must not take from the API of the built-in subgraphs: ${description.replace(/\.?$/, '.')}`,
    ),
    ...changedRules(readJoins(embedded.document), rules),
    ...hiddenRequirements(whole, after, builtIn),
  ];
}

interface Rules {
  readonly before: AccessRules;
  readonly after: AccessRules;
}

/** A rule that a service adds would close a field to callers who have it today; it may add them to its own fields. */
function changedRules({ types }: Joins, rules: Rules): readonly string[] {
  const problems: string[] = [];
  const compare = (place: string, before: unknown, after: unknown) => {
    if (JSON.stringify(before) !== JSON.stringify(after))
      problems.push(
        `A service must not change who may see ${place}: remove @authenticated, @requiresScopes and @policy from it.`,
      );
  };
  for (const type of types.values()) {
    compare(type.name, rules.before.ofType(type.name), rules.after.ofType(type.name));
    for (const field of type.fields.keys())
      compare(
        `${type.name}.${field}`,
        rules.before.ofField(type.name, field),
        rules.after.ofField(type.name, field),
      );
  }
  return problems;
}

/** The keys by which built-in subgraphs join are hidden from clients, and so from others' services: they hold personal data. */
function hiddenRequirements(
  whole: Supergraph,
  visible: GraphQLSchema,
  builtIn: readonly string[],
): readonly string[] {
  const { types } = readJoins(whole.document);
  const full = buildASTSchema(buildFullDocument(whole.document), { assumeValidSDL: true });
  const isHidden = (type: string, field: string) => {
    const owners = types.get(type)?.fields.get(field)?.owners ?? [];
    return (
      fieldsOf(visible.getType(type))[field] === undefined &&
      owners.some((owner) => builtIn.includes(owner))
    );
  };
  const typeBelow = (type: string, selection: FieldNode | InlineFragmentNode): string => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.typeCondition?.name.value ?? type;
    const field = fieldsOf(full.getType(type))[selection.name.value];
    return field === undefined ? '' : getNamedType(field.type).name;
  };
  const findHidden = (type: string, { selections }: SelectionSetNode): string | undefined => {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.FIELD && isHidden(type, selection.name.value))
        return `${type}.${selection.name.value}`;
      const below = typeBelow(type, selection);
      const found = selection.selectionSet && findHidden(below, selection.selectionSet);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return [...types.values()].flatMap((type) =>
    [...type.fields].flatMap(([field, { requires }]) =>
      [...requires].flatMap(([owner, set]) => {
        const hidden = builtIn.includes(owner) ? undefined : findHidden(type.name, set);
        return hidden === undefined
          ? []
          : [
              `[${owner}] ${type.name}.${field} must not require ${hidden}, which is hidden from clients.`,
            ];
      }),
    ),
  );
}

const fieldsOf = (type: GraphQLNamedType | undefined) =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
