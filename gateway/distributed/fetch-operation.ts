import {
  type DocumentNode,
  type FieldNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** The response names of the fields that a fetch asks at the top of its operation. */
export function rootFields(document: DocumentNode, variables: Variables): readonly string[] {
  const { operation } = readOperation(document);
  return [...namesIn(document, operation, variables, undefined)];
}

/** The response names of the fields that a fetch by `_entities` asks of a type. */
export function entityFields(document: DocumentNode, variables: Variables, type: string): readonly string[] {
  const { operation } = readOperation(document);
  const entities = operation.selections.find((node): node is FieldNode => node.kind === Kind.FIELD && node.name.value === '_entities');
  return entities?.selectionSet === undefined ? [] : [...namesIn(document, entities.selectionSet, variables, type)];
}

function readOperation(document: DocumentNode): { readonly operation: SelectionSetNode } {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new TypeError('A fetch has an operation.');
  return { operation: operation.selectionSet };
}

function namesIn(document: DocumentNode, { selections }: SelectionSetNode, variables: Variables, type: string | undefined): Set<string> {
  const names = new Set<string>();
  const visit = (selection: SelectionNode) => {
    if (!isIncluded(selection, variables)) return;
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value !== '__typename') names.add((selection.alias ?? selection.name).value);
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value);
    const condition = fragment?.typeCondition?.name.value;
    if (fragment !== undefined && (type === undefined || condition === undefined || condition === type)) {
      fragment.selectionSet.selections.forEach(visit);
    }
  };
  selections.forEach(visit);
  return names;
}

const fragmentOf = (document: DocumentNode, name: string) =>
  document.definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name) as
    // `find` does not narrow by a condition of two parts.
    Extract<DocumentNode['definitions'][number], { kind: Kind.FRAGMENT_DEFINITION }> | undefined;

const isIncluded = (selection: SelectionNode, variables: Variables) =>
  getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false;
