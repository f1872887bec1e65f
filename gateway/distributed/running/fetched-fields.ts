import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode, parse, type SelectionNode } from 'graphql';
import type { FetchNode } from '../planning/plan.ts';
import type { Path } from '../../../operation/placed-errors.ts';

/** The path of an error as the plan has it, which may have asked under other names. */
export function plannedPath(path: Path, { outputRewrites }: FetchNode): Path {
  return path.map((key) => {
    const rewrite = outputRewrites.find((one) => one.kind === 'KeyRenamer' && one.path.at(-1) === key);
    return rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : key;
  });
}

/** The names of the fields that a fetch asks of a root. */
export const rootFields = ({ operation }: FetchNode): readonly string[] => {
  const document = parse(operation);
  return [...namesIn(document, operationOf(document).selectionSet.selections, () => true)];
};

/** The names of the fields that a fetch asks of an entity; `applies` says whether a fragment on a type counts. */
export function entityFields(fetch: FetchNode, applies: (condition: string) => boolean): readonly string[] {
  const document = parse(fetch.operation);
  const [entities] = operationOf(document).selectionSet.selections;
  const selections = entities?.kind === Kind.FIELD ? (entities.selectionSet?.selections ?? []) : [];
  return plannedPath([...namesIn(document, selections, applies)], fetch).map(String);
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new TypeError('A fetch has an operation.');
  return operation;
}

function namesIn(document: DocumentNode, selections: readonly SelectionNode[], applies: (condition: string) => boolean): Set<string> {
  const names = new Set<string>();
  const add = (selection: SelectionNode): void => {
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value !== '__typename') names.add(responseName(selection));
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value);
    const condition = fragment?.typeCondition?.name.value;
    if (fragment !== undefined && (condition === undefined || applies(condition))) fragment.selectionSet.selections.forEach(add);
  };
  selections.forEach(add);
  return names;
}

const responseName = ({ alias, name }: FieldNode) => (alias ?? name).value;

const fragmentOf = (document: DocumentNode, name: string) =>
  document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION).find((node) => node.name.value === name);
