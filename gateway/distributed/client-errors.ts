import {
  type FieldNode,
  getNamedType,
  type GraphQLError,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import type { DecidedOperation } from '../../operation/decided-operation.ts';
import { clientName, plannedName } from './planning/planned-names.ts';
import { locatedError, type PlannedAnswer } from './located-error.ts';
import type { Path } from './running/placed-errors.ts';

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

export interface ClientOperation extends DecidedOperation, PlannedAnswer {
  readonly requirements: Requirements;
}

/**
 * The errors of a plan as its client knows the places: by its own names, and those of fields that only the planner asked
 * for at the fields that need them.
 */
export function clientErrors(errors: readonly GraphQLError[], client: ClientOperation): GraphQLError[] {
  const placed = new Map<string, GraphQLError>();
  for (const error of errors) {
    for (const path of clientPaths(error.path ?? [], client)) {
      const key = JSON.stringify([path, error.extensions['code']]);
      if (!placed.has(key)) placed.set(key, locatedError(error, path, client));
    }
  }
  return [...placed.values()];
}

interface Selected {
  /** The type that has it, as far as the operation says. */
  readonly type: string;
  readonly field: FieldNode;
}

function clientPaths(planned: Path, client: ClientOperation): Path[] {
  const { schema, operation, requirements } = client;
  const path: (string | number)[] = [];
  let fields = selectedIn(operation.selectionSet, schema.getRootType(operation.operation)?.name ?? '', client);
  for (const key of planned) {
    if (typeof key === 'number') {
      path.push(key);
      continue;
    }
    const chosen = fields.filter(({ field }) => plannedName(field) === key);
    if (chosen.length === 0) {
      const dependants = fields.filter(({ type, field }) => requirements.get(`${type}.${field.name.value}`)?.has(key));
      return dependants.length > 0 ? dependants.map(({ field }) => [...path, responseName(field)]) : [path];
    }
    path.push(clientName(key));
    fields = chosen.flatMap(({ type, field }) =>
      field.selectionSet ? selectedIn(field.selectionSet, typeNameOf(schema, type, field.name.value), client) : [],
    );
  }
  return [path];
}

function typeNameOf(schema: GraphQLSchema, parent: string, field: string): string {
  const type = schema.getType(parent);
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const found = type.getFields()[field];
  return found === undefined ? '' : getNamedType(found.type).name;
}

const responseName = (field: FieldNode) => (field.alias ?? field.name).value;

function selectedIn({ selections }: SelectionSetNode, type: string, client: ClientOperation): Selected[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [{ type, field: selection }];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : client.fragments.get(selection.name.value);
    return fragment === undefined ? [] : selectedIn(fragment.selectionSet, fragment.typeCondition?.name.value ?? type, client);
  });
}
