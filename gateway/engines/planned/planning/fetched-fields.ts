import { type DocumentNode, Kind, parse, type SelectionNode } from 'graphql';
import type { Path } from '../../../operation/errors-by-path.ts';
import type { Fetch, FetchedField } from './plan.ts';

/** The planned path of an error: the fetch can use other names. */
export function plannedPath(path: Path, { outputRewrites }: Fetch): Path {
  return path.map((key) => {
    const rewrite = outputRewrites.find(
      (one) => one.kind === 'KeyRenamer' && one.path.at(-1) === key,
    );
    return rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : key;
  });
}

/** Reads the fields that a fetch selects of the root, or of entities. */
export function readFetchedFields(fetch: Fetch): readonly FetchedField[] {
  const document = parse(fetch.operation, { noLocation: true });
  const selections =
    document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)?.selectionSet
      .selections ?? [];
  const [entities] = selections;
  const ofEntities = entities?.kind === Kind.FIELD ? (entities.selectionSet?.selections ?? []) : [];
  const fields = fieldsIn(document, fetch.requires === undefined ? selections : ofEntities, []).map(
    ({ name, types }) => ({
      name: plannedPath([name], fetch).join(''),
      types,
    }),
  );
  return [...new Map(fields.map((field) => [JSON.stringify(field), field])).values()];
}

function fieldsIn(
  document: DocumentNode,
  selections: readonly SelectionNode[],
  types: readonly string[],
): FetchedField[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) {
      return selection.name.value === '__typename'
        ? []
        : [{ name: (selection.alias ?? selection.name).value, types }];
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection
        : fragmentOf(document, selection.name.value);
    if (fragment === undefined) return [];
    const type = fragment.typeCondition?.name.value;
    return fieldsIn(
      document,
      fragment.selectionSet.selections,
      type === undefined ? types : [...types, type],
    );
  });
}

const fragmentOf = (document: DocumentNode, name: string) =>
  document.definitions
    .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
    .find((node) => node.name.value === name);
