import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  GraphQLError,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

/** Names of the fields that a field needs of other subgraphs, by `Type.field`. */
export type Requirements = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads all `@requires` of a supergraph. */
export function readRequirements(supergraphSdl: string): Requirements {
  const requirements = new Map<string, Set<string>>();
  for (const type of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      const required = new Set<string>();
      for (const { name, arguments: values = [] } of field.directives ?? []) {
        const requires = values.find((value) => value.name.value === 'requires');
        if (name.value === 'join__field' && requires !== undefined) addNames(String(valueFromASTUntyped(requires.value)), required);
      }
      if (required.size > 0) requirements.set(`${type.name.value}.${field.name.value}`, required);
    }
  }
  return requirements;
}

function addNames(fieldSet: string, names: Set<string>): void {
  const [definition] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return;
  for (const selection of definition.selectionSet.selections) if (selection.kind === Kind.FIELD) names.add(selection.name.value);
}

export interface ClientOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/**
 * Moves errors of fields that only the planner asked for to the fields that the client asked for and that need them: no
 * client knows the others.
 */
export function moveToVisiblePaths(errors: readonly GraphQLError[], client: ClientOperation, requirements: Requirements): GraphQLError[] {
  const moved = new Map<string, GraphQLError>();
  const visible = errors.filter((error) => {
    const paths = pathsFor(error, client, requirements);
    for (const path of paths ?? []) moved.set(JSON.stringify([path, error.extensions['code']]), movedTo(path, error));
    return paths === undefined;
  });
  return moved.size === 0 ? [...errors] : [...visible, ...moved.values()];
}

const movedTo = (path: Path, error: GraphQLError) =>
  new GraphQLError(error.message, { path, extensions: error.extensions, originalError: error.originalError ?? null });

type Path = readonly (string | number)[];

/** @returns undefined where the client knows the error's own path. */
function pathsFor({ path }: GraphQLError, client: ClientOperation, requirements: Requirements): Path[] | undefined {
  let type = client.schema.getRootType(client.operation.operation)?.name ?? '';
  let selections: readonly SelectionSetNode[] = [client.operation.selectionSet];
  for (const [depth, key] of (path ?? []).entries()) {
    if (typeof key === 'number') continue;
    const fields = selections.flatMap((selection) => fieldsOf(selection, client.document));
    const chosen = fields.filter((field) => responseName(field) === key);
    if (chosen.length === 0) {
      const above = path?.slice(0, depth) ?? [];
      const dependants = fields.filter((field) => requirements.get(`${type}.${field.name.value}`)?.has(key));
      return dependants.length > 0 ? dependants.map((field) => [...above, responseName(field)]) : [above];
    }
    const [field] = chosen;
    const next = field && typeNameOf(client.schema, type, field.name.value);
    // Where types part, what is below belongs to one of them, and paths there are the client's as they are.
    if (next === undefined) return undefined;
    type = next;
    selections = chosen.flatMap(({ selectionSet }) => selectionSet ?? []);
  }
  return undefined;
}

function typeNameOf(schema: GraphQLSchema, parent: string, field: string): string | undefined {
  const type = schema.getType(parent);
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const found = type.getFields()[field];
  return found && getNamedType(found.type).name;
}

const responseName = (field: FieldNode) => (field.alias ?? field.name).value;

function fieldsOf({ selections }: SelectionSetNode, document: DocumentNode): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value);
    return fragment === undefined ? [] : fieldsOf(fragment.selectionSet, document);
  });
}

const fragmentOf = (document: DocumentNode, name: string) =>
  document.definitions.find((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name);
