import {
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { AccessTable } from './access-table.ts';
import { ARGUMENTS, VARIABLE_TYPES } from './ways.ts';

type Ways = Readonly<Record<string, readonly string[]>>;

/** One operation that goes all ways to the protected fields of all types, to those of a type at once. */
export function allWays(
  kind: 'query' | 'mutation',
  ways: Ways,
  table: AccessTable,
): OperationDefinitionNode {
  return operationOf(
    kind,
    waysOf(ways, (type, way, alias) => fill(way, alias, protectedOf(table, type).join(' '))),
  );
}

/** A subscription for each way, because it has one root field, and one for each protected root field. */
export function eachSubscription(
  ways: Ways,
  table: AccessTable,
): readonly OperationDefinitionNode[] {
  const roots = protectedOf(table, 'Subscription');
  const selections = Object.entries(ways).flatMap(([type, each]) => {
    const fields = protectedOf(table, type);
    return fields.length === 0 ? [] : each.map((way) => fill(way, 'changed', fields.join(' ')));
  });
  return [...roots, ...selections].map((root) => operationOf('subscription', root));
}

/** Whether a field is of `Subscription` or of a payload of it: others are reached by queries and mutations. */
export const isOfSubscription = (place: string) => /^(?:Subscription|\w+Change)\./.test(place);

/** One operation that goes each way once for each protected field, which is then all that is asked for on it. */
export function fieldByField(ways: Ways, table: AccessTable): OperationDefinitionNode {
  const roots = waysOf(ways, (type, way, alias) =>
    protectedOf(table, type)
      .map((field, index) => fill(way, `${alias}_${String(index)}`, field))
      .join(' '),
  );
  return operationOf('query', roots);
}

/** Each field of an operation with the type that it is asked of: `Customer.name`. */
export function fieldsOf(
  operation: OperationDefinitionNode,
  table: AccessTable,
): ReadonlySet<string> {
  const found = new Set<string>();
  follow(operation, table, [], (place) => found.add(place));
  return found;
}

/** Those of which an answer has a value somewhere. */
export function valuedFieldsOf(
  operation: OperationDefinitionNode,
  data: unknown,
  table: AccessTable,
): ReadonlySet<string> {
  const found = new Set<string>();
  follow(operation, table, [data], (place, values) => values.length > 0 && found.add(place));
  return found;
}

type Visit = (place: string, values: readonly unknown[]) => unknown;

/** @param objects is what was answered, of all objects at once. */
function follow(
  operation: OperationDefinitionNode,
  { schema }: AccessTable,
  objects: readonly unknown[],
  found: Visit,
): void {
  const below = (set: SelectionSetNode, type: string, parents: readonly unknown[]) => {
    for (const { name, alias, selectionSet } of set.selections.filter(
      (selection) => selection.kind === Kind.FIELD,
    )) {
      const values = parents.flatMap((parent) =>
        valuesOf((parent as Readonly<Record<string, unknown>>)[(alias ?? name).value]),
      );
      found(`${type}.${name.value}`, values);
      const definition = schema.getType(type);
      const target = isObjectType(definition)
        ? definition.getFields()[name.value]?.type
        : undefined;
      if (target !== undefined && selectionSet !== undefined)
        below(selectionSet, getNamedType(target).name, values);
    }
  };
  below(operation.selectionSet, rootOf(operation), objects);
}

/** The name of the root type of an operation. */
export const rootOf = ({ operation }: OperationDefinitionNode): string => ROOTS[operation];

const ROOTS = {
  [OperationTypeNode.QUERY]: 'Query',
  [OperationTypeNode.MUTATION]: 'Mutation',
  [OperationTypeNode.SUBSCRIPTION]: 'Subscription',
};

const valuesOf = (value: unknown): unknown[] =>
  Array.isArray(value)
    ? value.flatMap(valuesOf)
    : value === null || value === undefined
      ? []
      : [value];

const waysOf = (ways: Ways, toText: (type: string, way: string, alias: string) => string) =>
  Object.entries(ways)
    .flatMap(([type, each]) =>
      each.map((way, index) => toText(type, way, `${type}_${String(index)}`)),
    )
    .join('\n');

const fill = (way: string, alias: string, fields: string) =>
  way === '*' ? fields : `${alias}: ${way.replace('*', fields)}`;

const protectedOf = (table: AccessTable, type: string) =>
  table.protected
    .filter((place) => place.startsWith(`${type}.`))
    .map(
      (place) => `${fieldOf(place)}${ARGUMENTS[place] ?? ''}${below(table, type, fieldOf(place))}`,
    );

const fieldOf = (place: string) => place.split('.')[1] ?? '';

/** ` { id }`, or nothing where the field has no fields itself. */
function below(table: AccessTable, parentName: string, field: string): string {
  const parent = table.schema.getType(parentName);
  const type = isObjectType(parent) ? parent.getFields()[field]?.type : undefined;
  const target = type && getNamedType(type);
  if (!isObjectType(target)) return '';
  const fields = Object.values(target.getFields());
  const first = fields.find((one) => !isCompositeType(getNamedType(one.type))) ?? fields[0];
  return first === undefined ? '' : ` { ${first.name}${below(table, target.name, first.name)} }`;
}

/** Declares the variables that are used. */
function operationOf(
  kind: 'query' | 'mutation' | 'subscription',
  roots: string,
): OperationDefinitionNode {
  const used = new Set<string>();
  visit(parse(`${kind} { ${roots} }`), { Variable: ({ name }) => void used.add(name.value) });
  const declared = [...used].map((name) => `$${name}: ${VARIABLE_TYPES[name] ?? ''}`).join(', ');
  const [operation] = parse(`${kind} All ${declared === '' ? '' : `(${declared})`} { ${roots} }`, {
    noLocation: true,
  }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new TypeError('An operation was expected.');
  return operation;
}
