import {
  type FieldNode,
  getNamedType,
  type GraphQLError,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { DecidedOperation } from '../../operation/decided-operation.ts';
import { fieldNames } from '../supergraph/field-set.ts';
import type { Joins } from '../supergraph/joins.ts';
import { clientName, plannedName } from './planning/planned-names.ts';
import { locatedError, type PlannedAnswer } from './located-error.ts';
import type { Path } from '../../operation/placed-errors.ts';

/** Names of the fields that a field needs of other subgraphs, by `Type.field`. */
export type Requirements = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds all `@requires` of a supergraph. */
export function findRequirements({ types }: Joins): Requirements {
  const requirements = new Map<string, ReadonlySet<string>>();
  for (const type of types.values()) {
    for (const [field, { requires }] of type.fields) {
      const required = [...requires.values()].flatMap(fieldNames);
      if (required.length > 0) requirements.set(`${type.name}.${field}`, new Set(required));
    }
  }
  return requirements;
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
