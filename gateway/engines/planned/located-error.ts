import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  type GraphQLNamedType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { fieldError, locate } from '../../operation/field-error.ts';
import {
  type DataType,
  fieldOf,
  type FieldShape,
  type SelectionShape,
} from '../../operation/response-shape.ts';
import type { Path } from '../../operation/errors-by-path.ts';
import { ownValue } from './running/own-value.ts';

/** The data of the services, and the shape of the client's response. */
export interface PlannedResponse {
  readonly schema: GraphQLSchema;
  readonly shape: SelectionShape;
  readonly root: GraphQLObjectType;
  /** By planned names. */
  readonly data: object;
  /** Coerced variables. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * A service's error at a path of the client's response, with the locations that graphql-js reports: all nodes that select the field, or the
 * value of an invalid argument. For an invalid argument it has the message of graphql-js instead of the service's.
 */
export function locatedError(
  { message, extensions, originalError }: GraphQLError,
  path: Path,
  response: PlannedResponse,
): GraphQLError {
  const fields = fieldsAt(path, response);
  const invalidArgument = fields[0] && findInvalidArgument(fields[0], response.variables);
  if (invalidArgument !== undefined) return fieldError(invalidArgument, [], path);
  // An error of the whole response has no path.
  const at = path.length > 0 ? { path } : {};
  const error = new GraphQLError(message, {
    ...at,
    extensions,
    originalError: originalError ?? null,
  });
  return locate(error, nodesOf(fields));
}

const nodesOf = (fields: readonly SelectedField[]): readonly FieldNode[] => {
  const [first, ...others] = fields.map(({ field }) => field.nodes);
  return first === undefined || others.length === 0
    ? (first ?? [])
    : [...new Set([...first, ...others.flat()])];
};

interface SelectedField {
  readonly parent: DataType;
  readonly field: FieldShape;
}

/** The fields selected at a path; several if the object's type is unknown. */
function fieldsAt(
  path: Path,
  { schema, shape, root, data }: PlannedResponse,
): readonly SelectedField[] {
  let places: readonly { readonly below: SelectionShape; readonly type: GraphQLNamedType }[] = [
    { below: shape, type: root },
  ];
  let fields: readonly SelectedField[] = [];
  let value: unknown = data;
  for (const key of path) {
    if (typeof key === 'number') {
      value = propertyOf(value, key);
      continue;
    }
    const object = value;
    fields = places.flatMap(({ below, type }) =>
      typesOf(object, type, schema).flatMap((parent) => {
        const field = below.fieldsOf(parent).find(({ responseName }) => responseName === key);
        return field === undefined ? [] : [{ parent, field }];
      }),
    );
    value = propertyOf(value, fields[0]?.field.plannedName ?? key);
    places = fields.map(({ field }) => ({ below: field.below, type: getNamedType(field.type) }));
  }
  return fields;
}

function typesOf(
  value: unknown,
  declared: GraphQLNamedType,
  schema: GraphQLSchema,
): readonly DataType[] {
  if (isObjectType(declared)) return [declared];
  if (!isAbstractType(declared)) return [];
  const name = propertyOf(value, '__typename');
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  return isObjectType(type) || isInterfaceType(type) ? [type] : schema.getPossibleTypes(declared);
}

const propertyOf = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? ownValue(value, key) : undefined;

/** An argument error that only execution finds: null in a variable with a default, in a non-null position. */
function findInvalidArgument(
  { parent, field }: SelectedField,
  variables: PlannedResponse['variables'],
): GraphQLError | undefined {
  const definition = fieldOf(parent, field.name);
  const [node] = field.nodes;
  if (definition === undefined || node === undefined || (node.arguments ?? []).length === 0)
    return undefined;
  try {
    getArgumentValues(definition, node, variables);
    return undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
