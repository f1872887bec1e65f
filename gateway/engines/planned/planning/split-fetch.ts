import { Kind, parse, print, type SelectionNode, stripIgnoredCharacters, visit } from 'graphql';
import type { Fetch, Requirement } from './plan.ts';
import type { PlannedSupergraph } from './planned-supergraph.ts';

/**
 * Splits a fetch in which two fields of an entity require the same field with different arguments: a representation can hold only one of
 * the values.
 */
export function splitFetch(fetch: Fetch, planned: PlannedSupergraph): Fetch[] {
  if (fetch.requires === undefined || !hasConflict(fetch.requires)) return [fetch];
  const groups: Group[] = [];
  for (const { coordinate, selection } of entitySelections(fetch.operation)) {
    const standIns = planned.standInsOf.get(coordinate) ?? new Set();
    const group = groups.find(
      (one) => ![...standIns].some((name) => collides(name, one, planned)),
    ) ?? {
      selections: new Set(),
      standIns: new Set(),
    };
    if (group.selections.size === 0) groups.push(group);
    group.selections.add(selection);
    standIns.forEach((name) => group.standIns.add(name));
  }
  return groups.map((group) => ({
    ...fetch,
    operation: selectOnly(fetch.operation, group),
    requires: requireOnly(fetch.requires ?? [], group, planned),
  }));
}

interface Group {
  /** The selections of entities, as text: equal text is equal in every group. */
  readonly selections: Set<string>;
  readonly standIns: Set<string>;
}

function hasConflict(requirements: readonly Requirement[]): boolean {
  const sources = new Map<string, string>();
  const isTaken = (one: Requirement): boolean => {
    if (one.kind === 'Fragment') return one.selections.some(isTaken);
    const known = sources.get(one.to) ?? one.from;
    sources.set(one.to, one.from);
    return known !== one.from || (one.selections !== undefined && hasConflict(one.selections));
  };
  return requirements.some(isTaken);
}

function collides(name: string, { standIns }: Group, planned: PlannedSupergraph): boolean {
  const real = planned.standIns.get(name)?.name.value;
  return [...standIns].some(
    (other) => other !== name && planned.standIns.get(other)?.name.value === real,
  );
}

/** The fields selected on entities: `... on Type { field }` below `_entities`. */
function entitySelections(
  operation: string,
): { readonly coordinate: string; readonly selection: string }[] {
  const found: { readonly coordinate: string; readonly selection: string }[] = [];
  editEntities(operation, (type, selection) => {
    found.push({
      coordinate: `${type}.${selection.kind === Kind.FIELD ? selection.name.value : ''}`,
      selection: `${type} ${print(selection)}`,
    });
    return true;
  });
  return found;
}

const selectOnly = (operation: string, { selections }: Group) =>
  editEntities(operation, (type, selection) => selections.has(`${type} ${print(selection)}`));

/** Removes selections of entities from an operation, and the variables that only they used. */
function editEntities(
  operation: string,
  keep: (type: string, selection: SelectionNode) => boolean,
): string {
  let depth = 0;
  const edited = visit(parse(operation, { noLocation: true }), {
    InlineFragment: {
      enter: (fragment) => {
        depth += 1;
        if (depth > 1) return undefined;
        const type = fragment.typeCondition?.name.value ?? '';
        const selections = fragment.selectionSet.selections.filter((selection) =>
          keep(type, selection),
        );
        return selections.length === 0
          ? ((depth -= 1), null)
          : { ...fragment, selectionSet: { ...fragment.selectionSet, selections } };
      },
      leave: () => void (depth -= 1),
    },
  });
  const used = new Set<string>();
  visit(edited, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const pruned = visit(edited, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? false : null),
  });
  return stripIgnoredCharacters(print(pruned));
}

function requireOnly(
  requirements: readonly Requirement[],
  group: Group,
  planned: PlannedSupergraph,
): Requirement[] {
  return requirements.flatMap((one) => {
    if (one.kind === 'Field' && planned.standIns.has(one.from) && !group.standIns.has(one.from))
      return [];
    if (one.selections === undefined) return [one];
    const selections = requireOnly(one.selections, group, planned);
    return selections.length === 0 ? [] : [{ ...one, selections }];
  });
}
